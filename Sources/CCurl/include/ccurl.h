/* Typed wrappers around libcurl's variadic functions, which Swift cannot call, and one question that libcurl does not answer. */
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_data_function(CURL *easy, CURLoption option, curl_write_callback function);
CURLcode ccurl_set_prereq_function(CURL *easy, curl_prereq_callback function);
CURLcode ccurl_set_socket_function(CURL *easy, curl_opensocket_callback function);

/* Called when a TLS handshake begins, if libcurl's TLS has such a thing; if not, nothing tells. */
void ccurl_set_tls_function(CURL *easy, curl_ssl_ctx_callback function, void *context);
CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_get_pointer(CURL *easy, CURLINFO info, void **value);

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);

/* curl_global_init, and the look for what the next function needs: on the caller's thread, so that no other waits for the
 * loader. */
CURLcode ccurl_global_init(void);
/* Whether the connection that a transfer has agreed to HTTP/2 in its TLS handshake: 1 or 0; -1 where that is not to be known: it
 * has none, or libcurl has another TLS than OpenSSL. */
int ccurl_agreed_on_http2(CURL *easy);

extern const long ccurl_tls_1_2;

/* CURLINFO constants are sums that Swift does not import. */
extern const CURLINFO ccurl_info_response_code;
extern const CURLINFO ccurl_info_request_size;
extern const CURLINFO ccurl_info_private;
extern const CURLINFO ccurl_info_uploaded;
extern const CURLINFO ccurl_info_upload_length;
extern const CURLINFO ccurl_info_http_version;
extern const CURLINFO ccurl_info_name_time;
extern const CURLINFO ccurl_info_tls_time;
extern const CURLINFO ccurl_info_pretransfer_time;

#endif
