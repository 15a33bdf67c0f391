/* Proves: values inside a text of the caller's and the progress in logs; the events of an observer, in their order and
   bounded; waiting for a training; what an error says of the rate limit and of the service's code. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int value_is(const char *json, const char *pointer, const char *expected) {
    size_t length = 99;
    const char *value = replicate_json_value(json, strlen(json), pointer, &length);
    if (expected == NULL) return value == NULL && length == 0;
    return value != NULL && value > json - 1 && value + length <= json + strlen(json) && length == strlen(expected) &&
           memcmp(value, expected, length) == 0;
}

static void values(void) {
    const char *json = " {\"a\": [1, {\"b\" : \"x\\ny\"}], \"\xc3\xa9\": null} ";
    CHECK(value_is(json, "/a/1/b", "\"x\\ny\"") && value_is(json, "/a/0", "1") && value_is(json, "/\xc3\xa9", "null"));
    CHECK(value_is(json, "", "{\"a\": [1, {\"b\" : \"x\\ny\"}], \"\xc3\xa9\": null}"));
    CHECK(value_is(json, "/b", NULL) && value_is(json, "a", NULL) && value_is("{", "", NULL) && value_is("", "", NULL));
    CHECK(replicate_json_value(NULL, 3, "", NULL) == NULL && replicate_json_value("{}", 2, NULL, NULL) == NULL);
    CHECK(replicate_json_value("{}", SIZE_MAX, "", NULL) == NULL && replicate_json_value("{}", 2, "\xff", NULL) == NULL);
    CHECK(replicate_json_value("{}", 2, "", NULL) != NULL);
}

static void progress(void) {
    const char *logs = "Sampling:  40%|####      | 4/10 [00:00<00:00]\r 50%|#####     | 5/10 [00:00<00:00]";
    double fraction = 9;
    int64_t current = 9, total = 9;
    CHECK(replicate_progress(logs, strlen(logs), &fraction, &current, &total) == 1);
    CHECK(fraction == 0.5 && current == 5 && total == 10);
    CHECK(replicate_progress(logs, 45, &fraction, NULL, NULL) == 1 && fraction == 0.4);
    CHECK(replicate_progress("none", 4, &fraction, &current, &total) == 0 && fraction == 0.4 && current == 5);
    CHECK(replicate_progress(NULL, 4, NULL, NULL, NULL) == 0 && replicate_progress(logs, 0, NULL, NULL, NULL) == 0);
    CHECK(replicate_progress(logs, SIZE_MAX, NULL, NULL, NULL) == 0);
}

/* A million lines without a bar in them, and one at the very start. */
static void long_logs(void) {
    size_t lines = 1000000, used = 0;
    char *logs = malloc(lines * 8 + 100);
    if (!CHECK(logs != NULL)) return;
    used += (size_t)sprintf(logs, "10%%|#| 1/10 \n");
    for (size_t i = 0; i < lines; i++) used += (size_t)sprintf(logs + used, "line 5%%\n");
    double fraction = 0;
    CHECK(replicate_progress(logs, used, &fraction, NULL, NULL) == 1 && fraction == 0.1);
    free(logs);
}

static char *third_time(const struct loopback_request *request, void *context) {
    (void)context;
    if (request->number == 0) return strdup("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    return loopback_answer(request->number < 2 ? "{\"id\": \"t\", \"status\": \"processing\"}"
                                               : "{\"id\": \"t\", \"status\": \"failed\", \"error\": \"CUDA (E1001)\"}");
}

static int next_is(replicate_client *client, int kind, int64_t attempt, int64_t status) {
    replicate_event *event = NULL;
    int64_t seen = -1;
    if (!fine(replicate_client_poll(client, 10000, &event)) || replicate_event_kind(event) != kind) return 0;
    int same = replicate_event_user_data(event) == (void *)7 && replicate_event_integer(event, "/attempt", &seen) && seen == attempt;
    if (kind == REPLICATE_EVENT_RESPONSE) {
        double seconds = -1;
        same = same && replicate_event_integer(event, "/status", &seen) && seen == status;
        same = same && replicate_event_number(event, "/seconds", &seconds) && seconds >= 0;
    }
    if (kind == REPLICATE_EVENT_RETRY) {
        double wait = -1;
        same = same && replicate_event_integer(event, "/status", &seen) && seen == status;
        same = same && replicate_event_number(event, "/wait", &wait) && wait >= 0;
        same = same && strcmp(replicate_event_string(event, "/error", NULL), "capacity") == 0;
    }
    same = same && strstr(replicate_event_string(event, "/url", NULL), "/v1/trainings/t") != NULL;
    replicate_event_free(event);
    return same;
}

static void observed_training(void) {
    struct loopback *server = loopback_start(third_time, NULL);
    replicate_client *client = client_of(loopback_url(server), "observe", "1");
    replicate_config *options = options_of("poll_interval_ms", "10");
    CHECK(fine(replicate_trainings_wait(client, "t", options, (void *)7, NULL)));
    for (int attempt = 1; attempt <= 2; attempt++) {
        CHECK(next_is(client, REPLICATE_EVENT_REQUEST, attempt, 0));
        CHECK(next_is(client, REPLICATE_EVENT_RESPONSE, attempt, attempt == 1 ? 503 : 200));
        if (attempt == 1) CHECK(next_is(client, REPLICATE_EVENT_RETRY, 1, 503));
    }
    CHECK(next_is(client, REPLICATE_EVENT_REQUEST, 1, 0) && next_is(client, REPLICATE_EVENT_RESPONSE, 1, 200));
    replicate_event *event = NULL;
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_FAILED);
    const replicate_error *error = replicate_event_error(event);
    CHECK(strcmp(replicate_error_kind(error), "model_failed") == 0 && strcmp(replicate_error_code(error), "E1001") == 0);
    CHECK(replicate_error_rate_limit_remaining(error) == -1 && replicate_error_rate_limit_reset(error) == -1);
    replicate_event_free(event);
    CHECK(is_error(replicate_trainings_wait(client, "a/b", NULL, NULL, NULL), "invalid_input", "training_id"));
    CHECK(is_error(replicate_trainings_wait(client, NULL, NULL, NULL, NULL), "invalid_input", "training_id"));
    CHECK(is_error(replicate_trainings_wait(NULL, "t", NULL, NULL, NULL), "invalid_input", "client"));
    replicate_config_free(options);
    replicate_client_free(client);
    loopback_stop(server);
}

/* Nobody takes what the observer is told: the queue keeps so much and no more, and the last event all the same. */
static void bounded(void) {
    struct loopback *server = loopback_start(loopback_json, "{}");
    replicate_client *client = client_of(loopback_url(server), "observe", "1");
    replicate_event *event = NULL;
    enum { CALLS = 700 };
    replicate_request *requests[CALLS];
    for (int i = 0; i < CALLS; i++) CHECK(fine(replicate_account_get(client, NULL, NULL, &requests[i])));
    for (int i = 0; i < CALLS; i++) {
        while (replicate_request_state(requests[i]) == 0) sched_yield();
        replicate_request_free(requests[i]);
    }
    int kept = 0, ended = 0;
    while (fine(replicate_client_poll(client, 0, &event)) && event != NULL) {
        if (replicate_event_kind(event) == REPLICATE_EVENT_DONE) ended++; else kept++;
        replicate_event_free(event);
    }
    CHECK(kept == 1000 && ended == CALLS);
    CHECK(fine(replicate_account_get(client, NULL, NULL, NULL)));
    CHECK(fine(replicate_client_poll(client, -1, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_REQUEST);
    replicate_event_free(event);
    replicate_client_free(client);
    loopback_stop(server);
}

static void rate_limit(void) {
    char *answer = "HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\nRatelimit-Remaining: 0\r\nRateLimit-Reset: 2.5\r\n\r\n";
    struct loopback *server = loopback_start(loopback_raw, answer);
    replicate_client *client = client_of(loopback_url(server), "max_retries", "0");
    replicate_event *event = NULL;
    CHECK(fine(replicate_account_get(client, NULL, NULL, NULL)) && fine(replicate_client_poll(client, 10000, &event)));
    const replicate_error *error = replicate_event_error(event);
    CHECK(replicate_error_rate_limit_remaining(error) == 0 && replicate_error_rate_limit_reset(error) == 2.5);
    CHECK(replicate_error_code(error) == NULL && replicate_error_code(NULL) == NULL);
    CHECK(replicate_error_rate_limit_remaining(NULL) == -1 && replicate_error_rate_limit_reset(NULL) == -1);
    replicate_event_free(event);
    replicate_client_free(client);
    loopback_stop(server);
}

/* Found in review: what was dropped beside a wait still counted among what the queue holds, and the observer fell silent. */
static void observed_after_many_waits(void) {
    struct loopback *server = loopback_start(loopback_json, "{\"id\":\"x\"}");
    replicate_client *client = client_of(loopback_url(server), "observe", "1");
    for (int i = 0; i < 600; i++) {
        replicate_request *request = NULL;
        replicate_event *event = NULL;
        CHECK(fine(replicate_predictions_get(client, "x", NULL, NULL, &request)));
        CHECK(fine(replicate_request_wait(request, 10000, &event)));
        replicate_event_free(event), replicate_request_free(request);
    }
    CHECK(fine(replicate_predictions_get(client, "x", NULL, NULL, NULL)));
    replicate_event *event = NULL;
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_REQUEST);
    replicate_event_free(event), replicate_client_free(client);
    loopback_stop(server);
}

int main(void) {
    values();
    progress();
    long_logs();
    observed_training();
    observed_after_many_waits();
    bounded();
    rate_limit();
    return check_done("values");
}
