/*
 * curl_multi.c - the baseline of creates: libcurl's multi interface, 64 requests in flight, no JSON.
 * Use: curl_multi URL CALLS BODY-FILE
 */
#include "curl_client.h"

enum { IN_FLIGHT = 64, WARM_UP = 640 };

static CURLM *multi;
static long started;

static void start(CURL *easy, struct answer *answer) {
    answer->length = 0;
    started++;
    curl_multi_add_handle(multi, easy);
}

/* Takes what has finished, and starts as many again while fewer than `calls` were started. Returns how many finished. */
static long take_finished(long calls) {
    long finished = 0;
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        struct answer *answer = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&answer);
        check_answer(easy, message->data.result, 201, answer);
        curl_multi_remove_handle(multi, easy);
        finished++;
        if (started < calls) {
            start(easy, answer);
        }
    }
    return finished;
}

static void run(CURL **easy, struct answer *answers, long calls) {
    long finished = 0;
    started = 0;
    for (int i = 0; i < IN_FLIGHT && started < calls; i++) {
        start(easy[i], &answers[i]);
    }
    while (finished < calls) {
        int running = 0;
        curl_multi_perform(multi, &running);
        long taken = take_finished(calls);
        finished += taken;
        if (taken == 0) {
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
        }
    }
}

int main(int count, char **arguments) {
    expect(count == 4, "use: curl_multi URL CALLS BODY-FILE");
    long calls = atol(arguments[2]);
    static char body[4096];
    FILE *file = fopen(arguments[3], "r");
    expect(file != NULL, "the body cannot be read");
    size_t length = fread(body, 1, sizeof body - 1, file);
    fclose(file);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    static struct answer answers[IN_FLIGHT];
    CURL *easy[IN_FLIGHT];
    struct curl_slist *headers = request_headers(1);
    for (int i = 0; i < IN_FLIGHT; i++) {
        easy[i] = new_request(arguments[1], headers, &answers[i]);
        curl_easy_setopt(easy[i], CURLOPT_POSTFIELDSIZE, (long)length);
        curl_easy_setopt(easy[i], CURLOPT_POSTFIELDS, body);
    }
    run(easy, answers, WARM_UP);
    struct moment begin = now();
    run(easy, answers, calls);
    print_since(begin, calls);

    for (int i = 0; i < IN_FLIGHT; i++) {
        curl_easy_cleanup(easy[i]);
    }
    curl_slist_free_all(headers);
    curl_multi_cleanup(multi);
    return 0;
}
