/*
 * curl_start.c - the baseline of require and new: loads libcurl and initializes it, in a fresh process.
 */
#include "measure.h"

#include <dlfcn.h>

int main(void) {
    struct moment begin = now();
    void *libcurl = dlopen("libcurl.so.4", RTLD_NOW);
    expect(libcurl != NULL, "libcurl.so.4 is not there");
    int (*global_init)(long);
    *(void **)&global_init = dlsym(libcurl, "curl_global_init");
    expect(global_init != NULL && global_init(3 /* CURL_GLOBAL_ALL */) == 0, "libcurl could not be started");
    print_since(begin, 1);
    return 0;
}
