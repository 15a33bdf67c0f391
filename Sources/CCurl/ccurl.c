#include "ccurl.h"

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }

CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_data_function(CURL *easy, CURLoption option, curl_write_callback function) {
    return curl_easy_setopt(easy, option, function);
}

CURLcode ccurl_set_prereq_function(CURL *easy, curl_prereq_callback function) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}

CURLcode ccurl_set_socket_function(CURL *easy, curl_opensocket_callback function) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}

void ccurl_set_tls_function(CURL *easy, curl_ssl_ctx_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, function);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, context);
}

CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) { return curl_easy_getinfo(easy, info, value); }

CURLcode ccurl_get_pointer(CURL *easy, CURLINFO info, void **value) { return curl_easy_getinfo(easy, info, value); }

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

const long ccurl_tls_1_2 = CURL_SSLVERSION_TLSv1_2;

const CURLINFO ccurl_info_response_code = CURLINFO_RESPONSE_CODE;
const CURLINFO ccurl_info_request_size = CURLINFO_REQUEST_SIZE;
const CURLINFO ccurl_info_private = CURLINFO_PRIVATE;
const CURLINFO ccurl_info_uploaded = CURLINFO_SIZE_UPLOAD_T;
const CURLINFO ccurl_info_upload_length = CURLINFO_CONTENT_LENGTH_UPLOAD_T;
const CURLINFO ccurl_info_http_version = CURLINFO_HTTP_VERSION;
const CURLINFO ccurl_info_name_time = CURLINFO_NAMELOOKUP_TIME_T;
const CURLINFO ccurl_info_tls_time = CURLINFO_APPCONNECT_TIME_T;
const CURLINFO ccurl_info_pretransfer_time = CURLINFO_PRETRANSFER_TIME_T;
