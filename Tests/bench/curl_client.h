/*
 * curl_client.h - the requests of the two libcurl programs: the headers that this library sends, the answer in memory.
 */
#ifndef CURL_CLIENT_H
#define CURL_CLIENT_H

#include "measure.h"

#include <curl/curl.h>
#include <string.h>

struct answer {
    char bytes[8192];
    size_t length;
};

static size_t receive(char *data, size_t size, size_t count, void *context) {
    struct answer *answer = context;
    expect(answer->length + size * count <= sizeof answer->bytes, "the answer is longer than expected");
    memcpy(answer->bytes + answer->length, data, size * count);
    answer->length += size * count;
    return size * count;
}

static struct curl_slist *request_headers(int with_body) {
    struct curl_slist *headers = curl_slist_append(NULL, "Authorization: Bearer r8_benchmark");
    headers = curl_slist_append(headers, "User-Agent: replicate-lua/0.1.0");
    headers = curl_slist_append(headers, "Accept: application/json");
    headers = curl_slist_append(headers, "Cache-Control: no-store");
    if (with_body) {
        headers = curl_slist_append(headers, "Content-Type: application/json");
        headers = curl_slist_append(headers, "Expect:");
    }
    return headers;
}

static CURL *new_request(const char *url, struct curl_slist *headers, struct answer *answer) {
    CURL *easy = curl_easy_init();
    expect(easy != NULL, "libcurl has no handle");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, answer);
    return easy;
}

static void check_answer(CURL *easy, CURLcode code, long status, const struct answer *answer) {
    long actual = 0;
    expect(code == CURLE_OK, curl_easy_strerror(code));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &actual);
    expect(actual == status, "the status is another one");
    expect(answer->length > 500 && answer->bytes[0] == '{', "the answer is not the prediction");
}

#endif
