/* Proves: every function says which argument is NULL, not UTF-8, or of a length that cannot be, and leaves NULL in its
   out-parameters; accessors answer "nothing"; and texts of 10 MB do no harm. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#define POISON ((void *)&poison)
#define INVALID(call, argument) CHECK(is_error(call, "invalid_input", argument))
#define INVALID_START(call, argument) (request = POISON, INVALID(call, argument), CHECK(request == NULL))

static int poison;
static struct loopback *server;
static replicate_client *client;
static replicate_config *config;
static replicate_input *input;
static const char *const not_utf8[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "a\xf0\x9f"};

/* Every operation with one text wrong: NULL, or bytes that are no text. */
static void wrong_texts(const char *bad) {
    replicate_request *request;
    INVALID_START(replicate_run(client, bad, input, NULL, NULL, &request), "reference");
    INVALID_START(replicate_wait(client, bad, NULL, NULL, &request), "prediction_id");
    INVALID_START(replicate_predictions_create(client, bad, input, NULL, NULL, &request), "version");
    INVALID_START(replicate_models_predictions_create(client, bad, "n", input, NULL, NULL, &request), "owner");
    INVALID_START(replicate_models_predictions_create(client, "o", bad, input, NULL, NULL, &request), "name");
    INVALID_START(replicate_deployments_predictions_create(client, bad, "n", input, NULL, NULL, &request), "owner");
    INVALID_START(replicate_deployments_predictions_create(client, "o", bad, input, NULL, NULL, &request), "name");
    INVALID_START(replicate_predictions_get(client, bad, NULL, NULL, &request), "id");
    if (bad != NULL) INVALID_START(replicate_page_get(client, bad, NULL, NULL, &request), "url");
    INVALID_START(replicate_predictions_cancel(client, bad, NULL, NULL, &request), "id");
    INVALID(replicate_config_set(config, bad, "1"), "name");
    if (bad != NULL) INVALID(replicate_config_set(config, "auth", bad), "auth");
    INVALID(replicate_input_set(input, bad, "1", 1), "name");
}

static void null_handles(void) {
    replicate_request *request;
    INVALID_START(replicate_run(NULL, "o/n", input, NULL, NULL, &request), "client");
    INVALID_START(replicate_run(client, "o/n", NULL, NULL, NULL, &request), "input");
    INVALID_START(replicate_wait(NULL, "i", NULL, NULL, &request), "client");
    INVALID_START(replicate_predictions_create(NULL, "v", input, NULL, NULL, &request), "client");
    INVALID_START(replicate_predictions_create(client, "v", NULL, NULL, NULL, &request), "input");
    INVALID_START(replicate_models_predictions_create(NULL, "o", "n", input, NULL, NULL, &request), "client");
    INVALID_START(replicate_models_predictions_create(client, "o", "n", NULL, NULL, NULL, &request), "input");
    INVALID_START(replicate_deployments_predictions_create(NULL, "o", "n", input, NULL, NULL, &request), "client");
    INVALID_START(replicate_deployments_predictions_create(client, "o", "n", NULL, NULL, NULL, &request), "input");
    INVALID_START(replicate_predictions_get(NULL, "i", NULL, NULL, &request), "client");
    INVALID_START(replicate_predictions_list(NULL, NULL, NULL, &request), "client");
    INVALID_START(replicate_predictions_cancel(NULL, "i", NULL, NULL, &request), "client");

    replicate_event *event = POISON;
    INVALID(replicate_client_poll(NULL, 0, &event), "client");
    CHECK(event == NULL);
    INVALID(replicate_client_poll(client, 0, NULL), "event");
    event = POISON;
    INVALID(replicate_request_wait(NULL, 0, &event), "request");
    CHECK(event == NULL);
    INVALID(replicate_request_cancel(NULL), "request");
    INVALID(replicate_client_wakeup(NULL), "client");
    INVALID(replicate_client_close(NULL), "client");
    INVALID(replicate_client_new(NULL, NULL), "client");
    INVALID(replicate_config_new(NULL), "config");
    INVALID(replicate_config_set(NULL, "auth", "x"), "config");
    INVALID(replicate_input_new("{}", 2, NULL), "input");
    INVALID(replicate_input_set(NULL, "webhook", "1", 1), "input");
    int32_t fd = 7;
    INVALID(replicate_client_fd(NULL, &fd), "client");
    CHECK(fd == -1); /* not 0, which is a descriptor */
    INVALID(replicate_client_fd(client, NULL), "fd");
    size_t handled = 7;
    INVALID(replicate_client_dispatch(client, 0, 1, NULL, NULL, &handled), "callback");
    CHECK(handled == 0);
    CHECK(replicate_client_pending(NULL) == 0);
}

static void no_op(const replicate_event *event, void *context) { (void)event, (void)context; }

static void null_accessors(void) {
    size_t length = 7;
    CHECK(replicate_error_kind(NULL) == NULL && replicate_error_message(NULL) == NULL && replicate_error_text(NULL) == NULL);
    CHECK(replicate_error_title(NULL) == NULL && replicate_error_detail(NULL) == NULL && replicate_error_delivery(NULL) == NULL);
    CHECK(replicate_error_status(NULL) == 0 && replicate_error_retryable(NULL) == 0 && replicate_error_attempts(NULL) == 0);
    CHECK(replicate_error_retry_after(NULL) < 0);
    CHECK(replicate_error_invalid_fields(NULL, &length) == NULL && length == 0);
    length = 7;
    CHECK(replicate_error_prediction(NULL, &length) == NULL && length == 0);
    CHECK(replicate_error_invalid_fields(NULL, NULL) == NULL && replicate_error_prediction(NULL, NULL) == NULL);
    CHECK(replicate_request_state(NULL) == -1);
    CHECK(replicate_event_kind(NULL) == 0 && replicate_event_user_data(NULL) == NULL && replicate_event_error(NULL) == NULL);
    CHECK(replicate_event_is_of(NULL, NULL) == 0 && replicate_event_type(NULL, "") == 0 && replicate_event_count(NULL, "") == 0);
    CHECK(replicate_event_json(NULL, &length) == NULL && replicate_event_string(NULL, "", NULL) == NULL);
    CHECK(replicate_event_value(NULL, "", NULL) == NULL && replicate_event_integer(NULL, "", NULL) == 0);
    CHECK(replicate_event_number(NULL, "", NULL) == 0 && replicate_event_boolean(NULL, "", NULL) == 0);
    CHECK(is_error(replicate_client_dispatch(NULL, 0, 0, no_op, NULL, NULL), "invalid_input", "client"));
    replicate_error_free(NULL), replicate_config_free(NULL), replicate_client_free(NULL);
    replicate_input_free(NULL), replicate_request_free(NULL), replicate_event_free(NULL);
}

static void json_texts(void) {
    static const char *const bad[] = {"", " ", "{", "[]", "null", "1", "\"x\"", "{}x", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "{\"a\":01}",
                                      "{\"a\":nan}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\xed\xa0\x80\"}", "{\"\xc0\x80\":1}", "{\"a\":tru}", "{\"a\":1e}", "{\"a\" 1}"};
    static const size_t lengths[] = {0, 1, SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 + 1, (size_t)1 << 40, ((size_t)1 << 30) + 1};
    replicate_input *made;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        made = POISON;
        INVALID(replicate_input_new(bad[i], strlen(bad[i]), &made), i < 3 ? "json" : NULL);
        CHECK(made == NULL);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        made = POISON;
        INVALID(replicate_input_new("{}", lengths[i], &made), "json");
        CHECK(made == NULL);
        INVALID(replicate_input_set(input, "field", "{}", lengths[i]), "field");
        INVALID(replicate_input_new(NULL, lengths[i], &made), "json");
        INVALID(replicate_input_set(input, "field", NULL, lengths[i]), "field");
    }
    INVALID(replicate_input_new("{\"a\":1\0}", 8, &made), "json"); /* NUL inside */
    INVALID(replicate_input_new("{}\0", 3, &made), "json");
    INVALID(replicate_input_set(input, "", "1", 1), NULL);
    INVALID(replicate_input_set(input, "input", "{}", 2), NULL);
    INVALID(replicate_input_set(input, "webhook", "1", 1), "webhook");
    INVALID(replicate_input_set(input, "webhook_events_filter", "[\"never\"]", 9), "webhook_events_filter");
    CHECK(fine(replicate_input_set(input, "webhook", "\"https://example.com/\"", 22)));

    size_t depth = 1000000; /* arrays in arrays must not eat the stack */
    char *deep = malloc(depth + 6);
    memcpy(deep, "{\"a\":", 5);
    memset(deep + 5, '[', depth);
    INVALID(replicate_input_new(deep, depth + 5, &made), "json");
    free(deep);
}

/* What is long is an error at once; messages quote little of it. */
static void huge_texts(void) {
    size_t size = 10 << 20;
    char *huge = malloc(size + 1);
    memset(huge, 'a', size);
    huge[size] = '\0';
    replicate_request *request;
    INVALID_START(replicate_run(client, huge, input, NULL, NULL, &request), "reference");
    INVALID(replicate_config_set(config, huge, "1"), "option");
    INVALID(replicate_config_set(config, "max_retries", huge), "max_retries");
    INVALID(replicate_config_set(config, "cancel_after", huge), "cancel_after");
    INVALID(replicate_input_new(huge, size, &(replicate_input *){NULL}), "json");
    INVALID_START(replicate_predictions_list(client, (replicate_config *)(void *)client, NULL, &request), "options");
    INVALID(replicate_config_set(config, "auth", huge), "auth");
    INVALID(replicate_config_set(config, "header.X", huge), "header X");
    free(huge);
}

/* `size` times the letter a, behind `start`. */
static const char *text_of(const char *start, size_t size) {
    static char text[1 << 17];
    memset(text, 'a', size);
    memcpy(text, start, strlen(start));
    text[size] = '\0';
    return text;
}

/* The limits that the header publishes: so many bytes are taken, and one more is refused. */
static void limits(void) {
    static const char *const options[] = {"auth", "base_url", "env_file", "user_agent"};
    replicate_request *request;
    int started = 0;
    started += fine(replicate_predictions_get(client, text_of("", 1024), NULL, NULL, NULL));
    INVALID_START(replicate_predictions_get(client, text_of("", 1025), NULL, NULL, &request), "id has 1025 bytes");
    started += fine(replicate_models_get(client, "o", text_of("", 1024), NULL, NULL, NULL));
    INVALID_START(replicate_models_get(client, "o", text_of("", 1025), NULL, NULL, &request), "name has 1025 bytes");
    started += fine(replicate_run(client, text_of("o/n:", 4096), input, NULL, NULL, NULL));
    INVALID_START(replicate_run(client, text_of("o/n:", 4097), input, NULL, NULL, &request), "reference has 4097 bytes");
    started += fine(replicate_predictions_create(client, text_of("", 4096), input, NULL, NULL, NULL));
    INVALID_START(replicate_predictions_create(client, text_of("", 4097), input, NULL, NULL, &request), "version has 4097 bytes");
    started += fine(replicate_search(client, text_of("", 8192), NULL, NULL, NULL));
    INVALID_START(replicate_search(client, text_of("", 8193), NULL, NULL, &request), "query has 8193 bytes");
    started += fine(replicate_models_search(client, text_of("", 65536), NULL, NULL, NULL));
    INVALID_START(replicate_models_search(client, text_of("", 65537), NULL, NULL, &request), "query has 65537 bytes");
    started += fine(replicate_page_get(client, text_of("/", 16384), NULL, NULL, NULL));
    INVALID_START(replicate_page_get(client, text_of("/", 16385), NULL, NULL, &request), "url has 16385 bytes");
    started += fine(replicate_call(client, "GET", text_of("/", 16384), NULL, 0, NULL, NULL, NULL));
    INVALID_START(replicate_call(client, "GET", text_of("/", 16385), NULL, 0, NULL, NULL, &request), "path has 16385 bytes");
    while (started-- > 0) {
        replicate_event *event = NULL;
        if (!CHECK(fine(replicate_client_poll(client, 30000, &event)) && event != NULL)) break;
        const replicate_error *error = replicate_event_error(event);
        if (error != NULL) CHECK(known_kind(replicate_error_kind(error)) && strlen(replicate_error_text(error)) < 1024);
        replicate_event_free(event);
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        CHECK(fine(replicate_config_set(config, options[i], text_of("", 16384))));
        INVALID(replicate_config_set(config, options[i], text_of("", 16385)), options[i]);
    }
    CHECK(fine(replicate_config_set(config, "header.X", text_of("", 8192))));
    INVALID(replicate_config_set(config, "header.X", text_of("", 8193)), "header X has 8193 bytes");
    CHECK(fine(replicate_config_set(config, "param.x", text_of("", 8192))));
    INVALID(replicate_config_set(config, "param.x", text_of("", 8193)), "parameter x has 8193 bytes");
    INVALID(replicate_config_set(config, text_of("header.", 7 + 257), "1"), "header has 257 bytes");
    INVALID(replicate_config_set(config, text_of("param.", 6 + 257), "1"), "parameter has 257 bytes");
    INVALID(replicate_input_set(input, text_of("", 257), "1", 1), "has 257 bytes");
    CHECK(fine(replicate_input_set(input, text_of("", 256), "1", 1)));
}

int main(void) {
    server = loopback_start(loopback_echo, NULL);
    client = client_of(loopback_url(server), NULL, NULL);
    config = options_of("auth", "x");
    input = input_of("{}");
    wrong_texts(NULL);
    for (size_t i = 0; i < sizeof not_utf8 / sizeof *not_utf8; i++) wrong_texts(not_utf8[i]);
    null_handles();
    null_accessors();
    CHECK(loopback_requests(server) == 0); /* nothing of all this was sent */
    json_texts();
    huge_texts();
    limits();
    replicate_input_free(input);
    replicate_config_free(config);
    replicate_client_free(client);
    loopback_stop(server);
    return check_done("arguments");
}
