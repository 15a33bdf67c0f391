/* Which protocol a connection's TLS handshake agreed on. libcurl does not tell: what it calls a connection's version is what the
 * server's last status line said, true or not. OpenSSL knows, and is asked by way of libcurl: the one that libcurl is linked with,
 * whichever others the host has loaded. */
#define _GNU_SOURCE
#include "ccurl.h"

#include <dlfcn.h>
#include <string.h>

typedef void openssl_alpn(const void *ssl, const unsigned char **name, unsigned int *length);
static openssl_alpn *selected;

CURLcode ccurl_global_init(void) {
    Dl_info libcurl;
    CURL *(*const member)(void) = curl_easy_init;
    void *address;
    memcpy(&address, &member, sizeof address);
    if (dladdr(address, &libcurl) != 0 && libcurl.dli_fname != NULL) {
        void *library = dlopen(libcurl.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
        if (library != NULL) {
            void *found = dlsym(library, "SSL_get0_alpn_selected"); /* Of libcurl or of what it needs, in this order. */
            memcpy(&selected, &found, sizeof found);
            dlclose(library);
        }
    }
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

int ccurl_agreed_on_http2(CURL *easy) {
    struct curl_tlssessioninfo *session = NULL;
    if (selected == NULL || curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL) return -1;
    if (session->backend != CURLSSLBACKEND_OPENSSL || session->internals == NULL) return -1;
    const unsigned char *name = NULL;
    unsigned int length = 0;
    selected(session->internals, &name, &length);
    return length == 2 && name != NULL && memcmp(name, "h2", 2) == 0;
}
