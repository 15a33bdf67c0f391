/*
 * curl_easy.c - the baseline of gets: libcurl's blocking interface, one request after another, no JSON.
 * Use: curl_easy URL CALLS
 */
#include "curl_client.h"

enum { WARM_UP = 100 };

static void run(CURL *easy, struct answer *answer, long calls) {
    for (long i = 0; i < calls; i++) {
        answer->length = 0;
        CURLcode code = curl_easy_perform(easy);
        check_answer(easy, code, 200, answer);
    }
}

int main(int count, char **arguments) {
    expect(count == 3, "use: curl_easy URL CALLS");
    long calls = atol(arguments[2]);
    static struct answer answer;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct curl_slist *headers = request_headers(0);
    CURL *easy = new_request(arguments[1], headers, &answer);
    run(easy, &answer, WARM_UP);
    struct moment begin = now();
    run(easy, &answer, calls);
    print_since(begin, calls);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    return 0;
}
