/* Proves: a handle that is NULL, freed, freed twice, of another type, or made of random bits is told from a live one by
   every function: an error, or nothing, never a crash and never somebody else's object. */
#include "check.h"
#include "support.h"

#include <stdint.h>

static replicate_client *client;
static replicate_config *config;
static replicate_input *input;

static void ignore(const replicate_event *event, void *context) { (void)event, (void)context; }

/* One use for each handle parameter of the header; each returns an error that must be "invalid_input". */
#define USE(name, call) static replicate_error *name(void *h) { replicate_request *r = h; replicate_event *e = h; \
    replicate_client *c = h; int32_t fd; (void)r, (void)e, (void)c, (void)fd; return call; }
USE(config_set, replicate_config_set(h, "wait", "5"))
USE(client_new, replicate_client_new(h, &c))
USE(client_poll, replicate_client_poll(h, 0, &e))
USE(client_dispatch, replicate_client_dispatch(h, 0, 0, ignore, NULL, NULL))
USE(client_fd, replicate_client_fd(h, &fd))
USE(client_wakeup, replicate_client_wakeup(h))
USE(client_close, replicate_client_close(h))
USE(input_set, replicate_input_set(h, "x", "1", 1))
USE(request_cancel, replicate_request_cancel(h))
USE(request_wait, replicate_request_wait(h, 0, &e))
USE(run_1, replicate_run(h, "o/n", input, NULL, NULL, &r))
USE(run_2, replicate_run(client, "o/n", h, NULL, NULL, &r))
USE(run_3, replicate_run(client, "o/n", input, h, NULL, &r))
USE(wait_1, replicate_wait(h, "i", NULL, NULL, &r))
USE(wait_2, replicate_wait(client, "i", h, NULL, &r))
USE(create_1, replicate_predictions_create(h, "v", input, NULL, NULL, &r))
USE(create_2, replicate_predictions_create(client, "v", h, NULL, NULL, &r))
USE(create_3, replicate_predictions_create(client, "v", input, h, NULL, &r))
USE(models_1, replicate_models_predictions_create(h, "o", "n", input, NULL, NULL, &r))
USE(models_2, replicate_models_predictions_create(client, "o", "n", h, NULL, NULL, &r))
USE(models_3, replicate_models_predictions_create(client, "o", "n", input, h, NULL, &r))
USE(deployments_1, replicate_deployments_predictions_create(h, "o", "n", input, NULL, NULL, &r))
USE(deployments_2, replicate_deployments_predictions_create(client, "o", "n", h, NULL, NULL, &r))
USE(deployments_3, replicate_deployments_predictions_create(client, "o", "n", input, h, NULL, &r))
USE(get_1, replicate_predictions_get(h, "i", NULL, NULL, &r))
USE(get_2, replicate_predictions_get(client, "i", h, NULL, &r))
USE(list_1, replicate_predictions_list(h, NULL, NULL, &r))
USE(list_2, replicate_predictions_list(client, h, NULL, &r))
USE(cancel_1, replicate_predictions_cancel(h, "i", NULL, NULL, &r))
USE(cancel_2, replicate_predictions_cancel(client, "i", h, NULL, &r))

enum type { ERROR, CONFIG, CLIENT, INPUT, REQUEST, EVENT, TYPES };
static const struct { replicate_error *(*call)(void *); enum type takes; } uses[] = {
    {config_set, CONFIG}, {client_new, CONFIG}, {client_poll, CLIENT}, {client_dispatch, CLIENT}, {client_fd, CLIENT},
    {client_wakeup, CLIENT}, {client_close, CLIENT}, {input_set, INPUT}, {request_cancel, REQUEST}, {request_wait, REQUEST},
    {run_1, CLIENT}, {run_2, INPUT}, {run_3, CONFIG}, {wait_1, CLIENT}, {wait_2, CONFIG}, {create_1, CLIENT}, {create_2, INPUT},
    {create_3, CONFIG}, {models_1, CLIENT}, {models_2, INPUT}, {models_3, CONFIG}, {deployments_1, CLIENT}, {deployments_2, INPUT},
    {deployments_3, CONFIG}, {get_1, CLIENT}, {get_2, CONFIG}, {list_1, CLIENT}, {list_2, CONFIG}, {cancel_1, CLIENT}, {cancel_2, CONFIG},
};
enum { USES = sizeof uses / sizeof *uses };

/* The functions that return no error: what they say of a handle that is none of theirs. */
static void quiet(void *h, enum type type) {
    int64_t integer = 7;
    double number = 7;
    int32_t boolean = 7;
    size_t length = 7;
    if (type != ERROR) {
        CHECK(replicate_error_kind(h) == NULL && replicate_error_message(h) == NULL && replicate_error_text(h) == NULL);
        CHECK(replicate_error_title(h) == NULL && replicate_error_detail(h) == NULL && replicate_error_delivery(h) == NULL);
        CHECK(replicate_error_status(h) == 0 && replicate_error_retry_after(h) < 0 && replicate_error_retryable(h) == 0);
        CHECK(replicate_error_attempts(h) == 0 && replicate_error_prediction(h, NULL) == NULL);
        CHECK(replicate_error_invalid_fields(h, &length) == NULL && length == 0);
        replicate_error_free(h);
    }
    if (type != CONFIG) replicate_config_free(h);
    if (type != INPUT) replicate_input_free(h);
    if (type != CLIENT) CHECK(replicate_client_pending(h) == 0), replicate_client_free(h);
    if (type != REQUEST) CHECK(replicate_request_state(h) == -1), replicate_request_free(h);
    if (type == EVENT) return;
    CHECK(replicate_event_kind(h) == 0 && replicate_event_user_data(h) == NULL && replicate_event_is_of(h, h) == 0);
    CHECK(replicate_event_error(h) == NULL && replicate_event_json(h, NULL) == NULL && replicate_event_type(h, "") == 0);
    CHECK(replicate_event_string(h, "", NULL) == NULL && replicate_event_value(h, "", NULL) == NULL);
    CHECK(replicate_event_integer(h, "", &integer) == 0 && integer == 7 && replicate_event_number(h, "", &number) == 0 && number == 7);
    CHECK(replicate_event_boolean(h, "", &boolean) == 0 && boolean == 7 && replicate_event_count(h, "") == 0);
    replicate_event_free(h);
}

static void use(size_t i, void *h) {
    if (!CHECK(is_error(uses[i].call(h), "invalid_input", NULL))) fprintf(stderr, "  use %zu of %p\n", i, h);
}

/* Everything that is not for handles of this type; TYPES: everything. */
static void use_all(void *h, enum type type) {
    for (size_t i = 0; i < USES; i++) {
        if (uses[i].takes != type) use(i, h);
    }
    quiet(h, type);
}

int main(void) {
    client = client_of("http://127.0.0.1:9/v1", "max_retries", "0");
    config = options_of("wait", "5");
    input = input_of("{}");
    replicate_request *request = NULL;
    replicate_event *event = NULL;
    CHECK(fine(replicate_predictions_get(client, "i", NULL, &event, &request)));
    CHECK(fine(replicate_request_wait(request, 10000, &event)) && event != NULL);
    replicate_error *error = replicate_client_close(NULL);

    void *live[TYPES] = {error, config, client, input, request, event};
    for (int type = 0; type < TYPES; type++) use_all(live[type], (enum type)type);
    for (int type = 0; type < TYPES; type++) use_all((void *)((uintptr_t)live[type] ^ (UINT64_C(1) << 60)), TYPES);

    /* Borrowed, and freed by mistake: the event's own error may go, but nothing else. */
    const replicate_error *borrowed = replicate_event_error(event);
    CHECK(known_kind(replicate_error_kind(borrowed)));
    replicate_error_free((replicate_error *)(uintptr_t)borrowed);
    CHECK(replicate_error_kind(borrowed) == NULL && replicate_event_kind(event) == REPLICATE_EVENT_FAILED);

    uint64_t random = 20260101;
    for (int i = 0; i < 100000; i++) {
        /* Half of them look like handles: small, with the type of a live one. */
        uint64_t bits = next_random(&random);
        if (i % 2 == 1) bits = (bits >> 24 & ~UINT64_C(0xffff)) | (bits & 0x3ff);
        int is_live = 0;
        for (int type = 0; type < TYPES; type++) is_live |= bits == (uintptr_t)live[type];
        if (bits == 0 || is_live || bits >> 26 <= 64) continue; /* NULL, or a handle of few uses, which may be live */
        void *h = (void *)(uintptr_t)bits;
        use((size_t)i % USES, h);
        quiet(h, TYPES);
    }
    CHECK(replicate_request_state(request) == 2 && replicate_event_is_of(event, request) == 1);

    /* Freed, and freed again while the slot serves somebody else. */
    replicate_event_free(event), replicate_request_free(request), replicate_error_free(error);
    use_all(event, TYPES), use_all(request, TYPES), use_all(error, TYPES);
    replicate_config *old_config = config;
    replicate_input *old_input = input;
    replicate_client *old_client = client;
    replicate_config_free(config), replicate_input_free(input), replicate_client_free(client);
    client = client_of("http://127.0.0.1:9/v1", NULL, NULL);
    config = options_of("wait", "5");
    input = input_of("{}");
    CHECK(old_config != config && old_input != input && old_client != client);
    use_all(old_config, TYPES), use_all(old_input, TYPES), use_all(old_client, TYPES);
    CHECK(fine(replicate_config_set(config, "wait", "6")) && fine(replicate_input_set(input, "x", "1", 1)));
    CHECK(fine(replicate_client_wakeup(client)));
    replicate_config_free(config), replicate_input_free(input), replicate_client_free(client);
    CHECK(threads_fall_to("replicate-net", 0));
    return check_done("handles");
}
