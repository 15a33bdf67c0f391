/* Proves: whatever any function of the header is given (NULL, a length that cannot be, text that is not UTF-8 or has 10 MB, a
   handle that was freed, or one of another type) is an error that names the argument, or nothing; out-parameters are then
   empty, and nothing is sent. Tests/C/run fails if the header has a function that is not named here. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#define POISON ((void *)&poison)
#define INVALID(call, argument) (tries++, CHECK(is_error(call, "invalid_input", argument)))

static long tries; /* calls that were to be refused */
static int poison;
static char *huge; /* 10 MB */
static const char *const not_utf8[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "a\x80"};
enum { NOT_UTF8 = sizeof not_utf8 / sizeof *not_utf8 };
static const size_t lengths[] = {0, SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 + 1, ((size_t)1 << 30) + 1};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* A live handle of each type, and a freed one. */
enum type { ERROR, CONFIG, CLIENT, INPUT, FILE_TO_SEND, REQUEST, EVENT, TYPES };
static void *live[TYPES], *freed[TYPES];

/* ---- Operations: each takes a client, perhaps texts, perhaps a handle, perhaps JSON; then options and a place ------- */

/* What the functions take after the texts. */
enum shape { PLAIN, WITH_INPUT, WITH_JSON, WITH_FILE, WITH_BODY, DOWNLOAD, OUTPUT, OUTPUTS };

struct arguments {
    replicate_client *client;
    const char *text[4];
    void *handle; /* the input or file */
    const char *json;
    size_t length;
    const replicate_config *options;
};

typedef replicate_error *start(const struct arguments *a, replicate_request **request);

struct operation {
    const char *name;
    start *start;
    enum shape shape;
    const char *texts[4]; /* their names */
    const char *handle;   /* the name of the input or file */
};

#define BEGIN(function) static replicate_error *start_##function(const struct arguments *a, replicate_request **r)
#define REST a->options, NULL, r
#define NONE(f) BEGIN(f) { return f(a->client, REST); }
#define ONE(f) BEGIN(f) { return f(a->client, a->text[0], REST); }
#define TWO(f) BEGIN(f) { return f(a->client, a->text[0], a->text[1], REST); }
#define THREE(f) BEGIN(f) { return f(a->client, a->text[0], a->text[1], a->text[2], REST); }
#define NONE_JSON(f) BEGIN(f) { return f(a->client, a->json, a->length, REST); }
#define TWO_JSON(f) BEGIN(f) { return f(a->client, a->text[0], a->text[1], a->json, a->length, REST); }
#define THREE_INPUT(f) BEGIN(f) { return f(a->client, a->text[0], a->text[1], a->text[2], a->handle, REST); }
#define ONE_INPUT(f) BEGIN(f) { return f(a->client, a->text[0], a->handle, REST); }
#define TWO_INPUT(f) BEGIN(f) { return f(a->client, a->text[0], a->text[1], a->handle, REST); }

ONE_INPUT(replicate_run)
ONE_INPUT(replicate_stream)
TWO(replicate_predictions_stream)
ONE(replicate_wait)
ONE(replicate_trainings_wait)
ONE_INPUT(replicate_predictions_create)
TWO_INPUT(replicate_models_predictions_create)
TWO_INPUT(replicate_deployments_predictions_create)
ONE(replicate_predictions_get)
NONE(replicate_predictions_list)
ONE(replicate_predictions_cancel)
ONE(replicate_page_get)
NONE(replicate_account_get)
NONE(replicate_hardware_list)
ONE(replicate_search)
NONE(replicate_webhooks_default_secret_get)
NONE(replicate_collections_list)
ONE(replicate_collections_get)
NONE(replicate_models_list)
ONE(replicate_models_search)
TWO(replicate_models_get)
NONE_JSON(replicate_models_create)
TWO_JSON(replicate_models_update)
TWO(replicate_models_delete)
TWO(replicate_models_examples_list)
TWO(replicate_models_readme_get)
TWO(replicate_models_versions_list)
THREE(replicate_models_versions_get)
THREE(replicate_models_versions_delete)
NONE(replicate_deployments_list)
TWO(replicate_deployments_get)
NONE_JSON(replicate_deployments_create)
TWO_JSON(replicate_deployments_update)
TWO(replicate_deployments_delete)
THREE_INPUT(replicate_trainings_create)
ONE(replicate_trainings_get)
NONE(replicate_trainings_list)
ONE(replicate_trainings_cancel)
NONE(replicate_files_list)
ONE(replicate_files_get)
ONE(replicate_files_delete)
BEGIN(replicate_files_create) { return replicate_files_create(a->client, a->handle, a->json, a->length, REST); }
BEGIN(replicate_files_download) {
    return replicate_files_download(a->client, a->text[0], a->text[1], 1, a->text[2], a->text[3], REST);
}
BEGIN(replicate_download) { return replicate_download(a->client, a->text[0], a->text[1], REST); }
BEGIN(replicate_outputs_save) {
    return replicate_outputs_save(a->client, a->json, a->length, a->text[0], a->text[1], REST);
}
BEGIN(replicate_call) { return replicate_call(a->client, a->text[0], a->text[1], a->json, a->length, REST); }

#define ROW(function, shape, ...) {#function, start_##function, shape, {__VA_ARGS__}, NULL}
#define ROW_OF(function, shape, handle, ...) {#function, start_##function, shape, {__VA_ARGS__}, handle}
#define NO_TEXT NULL

static const struct operation operations[] = {
    ROW_OF(replicate_run, WITH_INPUT, "input", "reference"),
    ROW_OF(replicate_stream, WITH_INPUT, "input", "reference"),
    ROW(replicate_predictions_stream, PLAIN, "id", "url"),
    ROW(replicate_wait, PLAIN, "prediction_id"),
    ROW(replicate_trainings_wait, PLAIN, "training_id"),
    ROW_OF(replicate_predictions_create, WITH_INPUT, "input", "version"),
    ROW_OF(replicate_models_predictions_create, WITH_INPUT, "input", "owner", "name"),
    ROW_OF(replicate_deployments_predictions_create, WITH_INPUT, "input", "owner", "name"),
    ROW(replicate_predictions_get, PLAIN, "id"),
    ROW(replicate_predictions_list, PLAIN, NO_TEXT),
    ROW(replicate_predictions_cancel, PLAIN, "id"),
    ROW(replicate_page_get, PLAIN, "url"),
    ROW(replicate_account_get, PLAIN, NO_TEXT),
    ROW(replicate_hardware_list, PLAIN, NO_TEXT),
    ROW(replicate_search, PLAIN, "query"),
    ROW(replicate_webhooks_default_secret_get, PLAIN, NO_TEXT),
    ROW(replicate_collections_list, PLAIN, NO_TEXT),
    ROW(replicate_collections_get, PLAIN, "slug"),
    ROW(replicate_models_list, PLAIN, NO_TEXT),
    ROW(replicate_models_search, PLAIN, "query"),
    ROW(replicate_models_get, PLAIN, "owner", "name"),
    ROW(replicate_models_create, WITH_JSON, NO_TEXT),
    ROW(replicate_models_update, WITH_JSON, "owner", "name"),
    ROW(replicate_models_delete, PLAIN, "owner", "name"),
    ROW(replicate_models_examples_list, PLAIN, "owner", "name"),
    ROW(replicate_models_readme_get, PLAIN, "owner", "name"),
    ROW(replicate_models_versions_list, PLAIN, "owner", "name"),
    ROW(replicate_models_versions_get, PLAIN, "owner", "name", "version"),
    ROW(replicate_models_versions_delete, PLAIN, "owner", "name", "version"),
    ROW(replicate_deployments_list, PLAIN, NO_TEXT),
    ROW(replicate_deployments_get, PLAIN, "owner", "name"),
    ROW(replicate_deployments_create, WITH_JSON, NO_TEXT),
    ROW(replicate_deployments_update, WITH_JSON, "owner", "name"),
    ROW(replicate_deployments_delete, PLAIN, "owner", "name"),
    ROW_OF(replicate_trainings_create, WITH_INPUT, "input", "owner", "name", "version"),
    ROW(replicate_trainings_get, PLAIN, "id"),
    ROW(replicate_trainings_list, PLAIN, NO_TEXT),
    ROW(replicate_trainings_cancel, PLAIN, "id"),
    ROW(replicate_files_list, PLAIN, NO_TEXT),
    ROW(replicate_files_get, PLAIN, "id"),
    ROW(replicate_files_delete, PLAIN, "id"),
    ROW_OF(replicate_files_create, WITH_FILE, "file", NO_TEXT),
    ROW(replicate_files_download, DOWNLOAD, "id", "owner", "signature", "path"),
    ROW(replicate_download, OUTPUT, "url", "path"),
    ROW(replicate_outputs_save, OUTPUTS, "folder", "prefix"),
    ROW(replicate_call, WITH_BODY, "method", "path"),
};

/* A call that would go out, but for what is made wrong in it. */
static struct arguments right(const struct operation *operation) {
    int is_call = operation->shape == WITH_BODY, is_run = operation->start == start_replicate_run;
    is_run = is_run || operation->start == start_replicate_stream;
    struct arguments a = {live[CLIENT], {is_call ? "POST" : is_run ? "o/n" : "a", is_call ? "/a" : "b", "c", "/tmp/d"},
                          operation->shape == WITH_FILE ? live[FILE_TO_SEND] : live[INPUT], "{}", 2, NULL};
    if (operation->shape == OUTPUT) a.text[0] = "https://localhost:1/x";
    return a;
}

static void refused(const struct operation *operation, const struct arguments *a, const char *argument) {
    replicate_request *request = POISON;
    tries += 2;
    int held = is_error(operation->start(a, &request), "invalid_input", argument);
    held = CHECK(held) && CHECK(request == NULL);
    held = held && CHECK(is_error(operation->start(a, NULL), "invalid_input", argument));
    held = held && CHECK(replicate_client_pending(live[CLIENT]) == 0);
    if (!held) fprintf(stderr, "  in %s, argument %s\n", operation->name, argument);
}

/* In a handle's place: NULL if it must be there, a freed one, one of every other type, and bits of no meaning. */
static void wrong_handles(const struct operation *operation, struct arguments *a, void **place, enum type type, int may_be_null,
                          const char *argument) {
    void *before = *place;
    for (int other = 0; other < TYPES; other++) {
        if (other == (int)type) continue;
        *place = live[other];
        refused(operation, a, argument);
    }
    *place = freed[type];
    refused(operation, a, argument);
    *place = POISON;
    refused(operation, a, argument);
    *place = NULL;
    if (!may_be_null) refused(operation, a, argument);
    *place = before;
}

static void wrong_texts(const struct operation *operation) {
    for (int i = 0; i < 4 && operation->texts[i] != NULL; i++) {
        struct arguments a = right(operation);
        int is_last = (operation->shape == DOWNLOAD && i == 3) || (operation->shape >= OUTPUT && i == 1);
        int may_be_null = is_last || (operation->start == start_replicate_predictions_stream && i == 1);
        const char *name = operation->texts[i];
        a.text[i] = NULL;
        if (!may_be_null) refused(operation, &a, name);
        a.text[i] = "";
        if (operation->shape != OUTPUTS || i == 0) refused(operation, &a, name); /* an empty prefix is none */
        a.text[i] = huge;
        refused(operation, &a, name);
        for (int bad = 0; bad < NOT_UTF8; bad++) {
            a.text[i] = not_utf8[bad];
            refused(operation, &a, name);
        }
    }
}

static void wrong_json(const struct operation *operation) {
    static const char *const bad[] = {"{", "[]x", "\"\xff\"", "nul"};
    static const char *const no_object[] = {"[]", "1", "null", "\"x\""};
    const char *name = operation->shape == WITH_FILE ? "metadata" : operation->shape == WITH_BODY ? "body" : "json";
    int may_be_null = operation->shape != WITH_JSON && operation->shape != OUTPUTS;
    int any_kind = operation->shape == WITH_BODY || operation->shape == OUTPUTS;
    struct arguments a = right(operation);
    for (int i = 0; i < LENGTHS; i++) {
        a.length = lengths[i];
        refused(operation, &a, name);
    }
    a.json = NULL;
    for (int i = 0; i < LENGTHS && !may_be_null; i++) {
        a.length = lengths[i];
        refused(operation, &a, name);
    }
    for (int i = 0; i < 4; i++) {
        a.json = bad[i], a.length = strlen(bad[i]);
        refused(operation, &a, name);
        a.json = no_object[i], a.length = strlen(no_object[i]);
        if (!any_kind) refused(operation, &a, name);
    }
    a.json = huge, a.length = 10 << 20;
    refused(operation, &a, name);
}

static void wrong_operations(void) {
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        const struct operation *operation = &operations[i];
        struct arguments a = right(operation);
        wrong_handles(operation, &a, (void **)&a.client, CLIENT, 0, "client");
        wrong_handles(operation, &a, (void **)(uintptr_t)&a.options, CONFIG, 1, "options");
        enum type type = operation->shape == WITH_FILE ? FILE_TO_SEND : INPUT;
        if (operation->handle != NULL) wrong_handles(operation, &a, &a.handle, type, 0, operation->handle);
        wrong_texts(operation);
        int has_json = operation->shape == WITH_JSON || operation->shape == WITH_FILE || operation->shape == WITH_BODY;
        if (has_json || operation->shape == OUTPUTS) wrong_json(operation);
    }
}

/* ---- What makes handles and fills them ---------------------------------------------------------------------------- */

static void wrong_config(void) {
    replicate_config *config = live[CONFIG];
    INVALID(replicate_config_new(NULL), "config");
    INVALID(replicate_config_set(config, NULL, "1"), "name");
    INVALID(replicate_config_set(config, "", "1"), "option");
    INVALID(replicate_config_set(config, huge, "1"), "option");
    static const char *const texts[] = {"auth", "base_url", "env_file", "user_agent", "cancel_after", "header.X", "param.x",
                                        "max_retries", "timeout_ms", "observe"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *word = strncmp(texts[i], "header.", 7) == 0 ? "header" : strncmp(texts[i], "param.", 6) == 0 ? "param" : texts[i];
        INVALID(replicate_config_set(config, texts[i], huge), word);
        for (int bad = 0; bad < NOT_UTF8; bad++) INVALID(replicate_config_set(config, texts[i], not_utf8[bad]), word);
    }
    for (int bad = 0; bad < NOT_UTF8; bad++) INVALID(replicate_config_set(config, not_utf8[bad], "1"), "name");
    INVALID(replicate_client_new(config, NULL), "client");
}

static void wrong_input(void) {
    replicate_input *made = POISON;
    INVALID(replicate_input_new("{}", 2, NULL), "input");
    INVALID(replicate_input_new(NULL, 2, &made), "json");
    CHECK(made == NULL);
    for (int i = 0; i < LENGTHS; i++) {
        made = POISON;
        INVALID(replicate_input_new("{}", lengths[i], &made), "json");
        CHECK(made == NULL);
        INVALID(replicate_input_set(live[INPUT], "key", "1", lengths[i]), "key");
    }
    INVALID(replicate_input_set(live[INPUT], NULL, "1", 1), "name");
    INVALID(replicate_input_set(live[INPUT], "", "1", 1), "field");
    INVALID(replicate_input_set(live[INPUT], huge, "1", 1), "name");
    INVALID(replicate_input_set(live[INPUT], "key", NULL, 1), "key");
    INVALID(replicate_input_set(live[INPUT], "key", "x", 1), "key");
    for (int bad = 0; bad < NOT_UTF8; bad++) INVALID(replicate_input_set(live[INPUT], not_utf8[bad], "1", 1), "name");
    static const char *const pointers[] = {NULL, "", "a", "a/b", "/a/b", "/~2", "/~"};
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        INVALID(replicate_input_attach(live[INPUT], pointers[i], live[FILE_TO_SEND]), pointers[i] == NULL ? "pointer" : "place");
    }
    INVALID(replicate_input_attach(live[INPUT], huge, live[FILE_TO_SEND]), "pointer");
    for (int bad = 0; bad < NOT_UTF8; bad++) INVALID(replicate_input_attach(live[INPUT], not_utf8[bad], live[FILE_TO_SEND]), "pointer");
}

static void wrong_file(void) {
    replicate_file *made = POISON;
    static const char *const paths[] = {NULL, "", "/nowhere/at/all", "/tmp", "/dev/zero", "\xff"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        made = POISON;
        INVALID(replicate_file_at(paths[i], &made), i < 2 || i == 5 ? "path" : paths[i]);
        CHECK(made == NULL);
    }
    INVALID(replicate_file_at(huge, &made), "path");
    INVALID(replicate_file_at("/etc/hostname", NULL), "file");
    INVALID(replicate_file_of("x", 1, NULL), "file");
    INVALID(replicate_file_of_descriptor(0, NULL), "file");
    static const int32_t descriptors[] = {-1, INT32_MIN, INT32_MAX, 1 << 20};
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
        made = POISON;
        INVALID(replicate_file_of_descriptor(descriptors[i], &made), "descriptor");
        CHECK(made == NULL);
    }
    INVALID(replicate_file_of(NULL, 1, &made), "bytes");
    for (int i = 1; i < LENGTHS; i++) INVALID(replicate_file_of("x", lengths[i], &made), "bytes");
    CHECK(fine(replicate_file_of("x", 0, &made)));
    replicate_file *file = made;
    INVALID(replicate_file_set(file, NULL, "x"), "name");
    INVALID(replicate_file_set(file, "size", "x"), "name");
    INVALID(replicate_file_set(file, huge, "x"), "name");
    static const char *const names[] = {"name", "type"};
    for (int i = 0; i < 2; i++) {
        INVALID(replicate_file_set(file, names[i], NULL), names[i]);
        INVALID(replicate_file_set(file, names[i], ""), names[i]);
        INVALID(replicate_file_set(file, names[i], huge), names[i]);
        for (int bad = 0; bad < NOT_UTF8; bad++) INVALID(replicate_file_set(file, names[i], not_utf8[bad]), names[i]);
    }
    replicate_file_free(file);
}

static void no_op(const replicate_event *event, void *context) { (void)event, (void)context; }

/* ---- Everything that takes a handle, with handles that are none of its kind -------------------------------------- */

static void not_of(void *h, enum type type) {
    void *out = POISON;
    int32_t fd = 7;
    size_t handled = 7;
    if (type != CONFIG) {
        INVALID(replicate_config_set(h, "wait", "5"), "config");
        if (h != NULL) INVALID(replicate_client_new(h, (replicate_client **)&out), "config"), CHECK(out == NULL);
        replicate_config_free(h);
    }
    if (type != CLIENT) {
        out = POISON;
        INVALID(replicate_client_poll(h, 0, (replicate_event **)&out), "client");
        CHECK(out == NULL);
        INVALID(replicate_client_dispatch(h, 0, 0, no_op, NULL, &handled), "client");
        INVALID(replicate_client_dispatch(h, 0, 0, NULL, NULL, NULL), "callback");
        INVALID(replicate_client_fd(h, &fd), "client");
        CHECK(handled == 0 && fd == -1 && replicate_client_pending(h) == 0);
        INVALID(replicate_client_wakeup(h), "client");
        INVALID(replicate_client_close(h), "client");
        replicate_client_free(h);
    }
    if (type != INPUT) INVALID(replicate_input_set(h, "x", "1", 1), "input"), INVALID(replicate_input_attach(h, "/x", live[FILE_TO_SEND]), "input"),
        replicate_input_free(h);
    if (type != FILE_TO_SEND) INVALID(replicate_file_set(h, "name", "x"), "file"), INVALID(replicate_input_attach(live[INPUT], "/x", h), "file"),
        replicate_file_free(h);
    if (type != REQUEST) {
        out = POISON;
        INVALID(replicate_request_cancel(h), "request");
        INVALID(replicate_request_wait(h, 0, (replicate_event **)&out), "request");
        INVALID(replicate_request_hold(h, 1), "request");
        INVALID(replicate_request_hold(h, 0), "request");
        CHECK(out == NULL && replicate_request_state(h) == -1);
        CHECK(replicate_event_is_of(live[EVENT], h) == 0);
        replicate_request_free(h);
    }
}

static void not_an_error(void *h) {
    size_t length = 7;
    CHECK(replicate_error_kind(h) == NULL && replicate_error_message(h) == NULL && replicate_error_text(h) == NULL);
    CHECK(replicate_error_title(h) == NULL && replicate_error_detail(h) == NULL && replicate_error_delivery(h) == NULL);
    CHECK(replicate_error_code(h) == NULL && replicate_error_status(h) == 0 && replicate_error_attempts(h) == 0);
    CHECK(replicate_error_retry_after(h) < 0 && replicate_error_retryable(h) == 0);
    CHECK(replicate_error_rate_limit_remaining(h) < 0 && replicate_error_rate_limit_reset(h) < 0);
    CHECK(replicate_error_invalid_fields(h, &length) == NULL && length == 0);
    length = 7;
    CHECK(replicate_error_prediction(h, &length) == NULL && length == 0);
    length = 7;
    CHECK(replicate_error_tries(h, &length) == NULL && length == 0 && replicate_error_tries(h, NULL) == NULL);
    CHECK(replicate_error_invalid_fields(h, NULL) == NULL && replicate_error_prediction(h, NULL) == NULL);
    replicate_error_free(h);
}

/* One text after the other as a JSON Pointer that leads nowhere. */
static void no_value(const replicate_event *event, const char *pointer) {
    int64_t integer = 7;
    double number = 7;
    int32_t boolean = 7;
    size_t length = 7;
    CHECK(replicate_event_type(event, pointer) == REPLICATE_JSON_NONE && replicate_event_count(event, pointer) == 0);
    CHECK(replicate_event_string(event, pointer, &length) == NULL && length == 0);
    length = 7;
    CHECK(replicate_event_value(event, pointer, &length) == NULL && length == 0);
    CHECK(replicate_event_string(event, pointer, NULL) == NULL && replicate_event_value(event, pointer, NULL) == NULL);
    CHECK(replicate_event_integer(event, pointer, &integer) == 0 && integer == 7);
    CHECK(replicate_event_number(event, pointer, &number) == 0 && number == 7);
    CHECK(replicate_event_boolean(event, pointer, &boolean) == 0 && boolean == 7);
    CHECK(replicate_event_integer(event, pointer, NULL) == 0 && replicate_event_number(event, pointer, NULL) == 0);
    CHECK(replicate_event_boolean(event, pointer, NULL) == 0);
}

/* Not of a stream, or not an event: no item, and the places are left as they are. */
static void no_item(const replicate_event *event) {
    static const size_t indexes[] = {0, 1, SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 + 1};
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
        const char *type = POISON, *data = POISON, *id = POISON;
        size_t length = 7;
        CHECK(replicate_event_stream_item(event, indexes[i], &type, &data, &length, &id) == 0);
        CHECK(type == POISON && data == POISON && id == POISON && length == 7);
        CHECK(replicate_event_stream_item(event, indexes[i], NULL, NULL, NULL, NULL) == 0);
    }
    CHECK(replicate_event_stream_count(event) == 0);
}

static void not_an_event(void *h) {
    size_t length = 7;
    CHECK(replicate_event_kind(h) == 0 && replicate_event_user_data(h) == NULL && replicate_event_error(h) == NULL);
    CHECK(replicate_event_is_of(h, live[REQUEST]) == 0 && replicate_event_status(h) == 0);
    CHECK(replicate_event_json(h, &length) == NULL && length == 0);
    length = 7;
    CHECK(replicate_event_headers(h, &length) == NULL && length == 0);
    length = 7;
    CHECK(replicate_event_bytes(h, &length) == NULL && length == 0);
    CHECK(replicate_event_json(h, NULL) == NULL && replicate_event_headers(h, NULL) == NULL && replicate_event_bytes(h, NULL) == NULL);
    no_value(h, "");
    no_value(h, NULL);
    no_item(h);
    replicate_event_free(h);
}

static void wrong_handle(void *h, enum type type) {
    not_of(h, type);
    if (type != ERROR) not_an_error(h);
    if (type != EVENT) not_an_event(h);
}

/* ---- Texts of the caller's, and pointers into them ---------------------------------------------------------------- */

static void wrong_values(void) {
    size_t length = 7;
    double fraction = 7;
    no_value(live[EVENT], NULL);
    no_value(live[EVENT], "nowhere");
    no_value(live[EVENT], huge);
    no_item(live[EVENT]);
    for (int bad = 0; bad < NOT_UTF8; bad++) {
        no_value(live[EVENT], not_utf8[bad]);
        CHECK(replicate_json_value("{}", 2, not_utf8[bad], &length) == NULL && length == 0);
    }
    for (int i = 0; i < LENGTHS; i++) {
        length = 7;
        CHECK(replicate_json_value("{}", lengths[i], "", &length) == NULL && length == 0);
        CHECK(replicate_json_value(NULL, lengths[i], "", NULL) == NULL);
        CHECK(replicate_progress(i == 0 ? "x" : NULL, lengths[i], &fraction, NULL, NULL) == 0 && fraction == 7);
    }
    for (int i = 1; i < LENGTHS; i++) CHECK(replicate_progress("", lengths[i], &fraction, NULL, NULL) == 0);
    CHECK(replicate_json_value("{}", 2, NULL, &length) == NULL && length == 0);
    CHECK(replicate_json_value(huge, 10 << 20, "", &length) == NULL && length == 0);
    CHECK(replicate_json_value("{}", 2, huge, NULL) == NULL);
    CHECK(replicate_progress(huge, 10 << 20, NULL, NULL, NULL) == 0);
    CHECK(replicate_progress("\xff", 1, NULL, NULL, NULL) == 0);
    CHECK(replicate_version() != NULL);
}

/* ---- Webhooks and signed links: no handles ------------------------------------------------------------------------- */

static void wrong_webhooks(void) {
    const char *secret = CANARY_SECRET, *name[] = {"webhook-id", "webhook-timestamp", "webhook-signature"};
    char signature[REPLICATE_SIGNATURE_SIZE] = "";
    for (int bad = 0; bad <= NOT_UTF8; bad++) {
        for (int at = 0; at < 3; at++) {
            const char *text[] = {"msg", "1614265330", "v1,x"};
            text[at] = bad < NOT_UTF8 ? not_utf8[bad] : huge;
            INVALID(replicate_webhook_validate(text[0], text[1], text[2], "{}", 2, secret, -1), name[at]);
        }
        const char *text = bad < NOT_UTF8 ? not_utf8[bad] : huge;
        INVALID(replicate_webhook_validate("msg", "1614265330", "v1,x", "{}", 2, text, -1), "secret");
        INVALID(replicate_files_sign(text, "f", 1, "s", 1, signature), "owner");
        INVALID(replicate_files_sign("o", text, 1, "s", 1, signature), "id");
    }
    INVALID(replicate_webhook_validate("msg", "1614265330", "v1,x", "{}", 2, NULL, -1), "secret");
    INVALID(replicate_webhook_validate(NULL, NULL, NULL, NULL, 2, NULL, -1), "body");
    INVALID(replicate_files_sign(NULL, "f", 1, "s", 1, signature), "owner");
    INVALID(replicate_files_sign("o", NULL, 1, "s", 1, signature), "id");
    INVALID(replicate_files_sign("o", "f", 1, NULL, 1, signature), "secret");
    INVALID(replicate_files_sign("o", "f", 1, "s", 1, NULL), "signature");
    for (int i = 1; i < LENGTHS; i++) {
        INVALID(replicate_webhook_validate("msg", "1614265330", "v1,x", "{}", lengths[i], secret, -1), "body");
        INVALID(replicate_files_sign("o", "f", 1, "s", lengths[i], signature), "secret");
    }
    CHECK(signature[0] == '\0');
}

static void wrong_outputs(void) {
    static const char *const names[] = {NULL, "", "png", "x.", "x.nothing", "\xff.png", "x/y", "https://h/x?y.png", ".p\xcc\x81ng"};
    for (int i = 0; i < LENGTHS; i++) {
        CHECK(replicate_is_file(live[CLIENT], "https://h/x", lengths[i]) == 0);
        CHECK(replicate_is_file(live[CLIENT], NULL, lengths[i]) == 0);
    }
    CHECK(replicate_is_file(NULL, "https://h/x", 11) == 0 && replicate_is_file(freed[CLIENT], "https://h/x", 11) == 0);
    CHECK(replicate_is_file(live[CONFIG], "https://h/x", 11) == 0 && replicate_is_file(POISON, "https://h/x", 11) == 0);
    CHECK(replicate_is_file(live[CLIENT], huge, 10 << 20) == 0 && replicate_is_file(live[CLIENT], "https://h/x", 11) == 1);
    for (int bad = 0; bad < NOT_UTF8; bad++) CHECK(replicate_is_file(live[CLIENT], not_utf8[bad], strlen(not_utf8[bad])) == 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) CHECK(replicate_file_type(names[i]) == NULL);
    CHECK(replicate_file_type(huge) == NULL && strcmp(replicate_file_type("https://h/x.PNG?y"), "image/png") == 0);
}

/* Takes the handles' places with live ones, or frees those that are there. */
static void make(const char *url) {
    replicate_event *event = NULL;
    replicate_request *request = NULL;
    replicate_file *file = NULL;
    live[CLIENT] = client_of(url, NULL, NULL);
    live[CONFIG] = options_of("wait", "5");
    live[INPUT] = input_of("{}");
    CHECK(fine(replicate_file_of("data", 4, &file)));
    CHECK(fine(replicate_predictions_get(live[CLIENT], "p", NULL, POISON, &request)));
    CHECK(fine(replicate_request_wait(request, 10000, &event)) && event != NULL);
    live[ERROR] = replicate_client_close(NULL);
    live[FILE_TO_SEND] = file, live[REQUEST] = request, live[EVENT] = event;
}

static void drop(void) {
    replicate_error_free(live[ERROR]), replicate_config_free(live[CONFIG]), replicate_input_free(live[INPUT]);
    replicate_file_free(live[FILE_TO_SEND]), replicate_request_free(live[REQUEST]), replicate_event_free(live[EVENT]);
    replicate_client_free(live[CLIENT]);
    memcpy(freed, live, sizeof live);
}

int main(void) {
    size_t size = 10 << 20;
    huge = malloc(size + 1);
    memset(huge, 'a', size);
    huge[size] = '\0';
    struct loopback *server = loopback_start(loopback_json, "{\"id\": \"p\", \"status\": \"succeeded\"}");
    make(loopback_url(server));
    drop();
    make(loopback_url(server));
    int before = loopback_requests(server);
    wrong_operations();
    wrong_config();
    wrong_input();
    wrong_file();
    INVALID(replicate_client_poll(live[CLIENT], 0, NULL), "event");
    INVALID(replicate_client_dispatch(live[CLIENT], 0, 0, NULL, NULL, NULL), "callback");
    INVALID(replicate_client_fd(live[CLIENT], NULL), "fd");
    INVALID(replicate_request_wait(live[REQUEST], 0, NULL), "event");
    wrong_values();
    wrong_webhooks();
    wrong_outputs();
    for (int type = 0; type < TYPES; type++) {
        wrong_handle(live[type], (enum type)type);
        wrong_handle(freed[type], TYPES);
    }
    wrong_handle(NULL, TYPES);
    wrong_handle(POISON, TYPES);
    /* What is live has taken no harm. */
    CHECK(replicate_request_state(live[REQUEST]) == 1 && replicate_event_is_of(live[EVENT], live[REQUEST]) == 1);
    CHECK(replicate_event_user_data(live[EVENT]) == POISON && known_kind(replicate_error_kind(live[ERROR])));
    CHECK(loopback_requests(server) == before && replicate_client_pending(live[CLIENT]) == 0);
    drop();
    loopback_stop(server);
    free(huge);
    if (getenv("REPLICATE_ROWS") != NULL) {
        printf("row\tR19\tevery function of the header: pointers NULL, freed, of another type or of none, lengths 0 to SIZE_MAX, texts not "
               "UTF-8 or of 10 MB: an error or nothing\t%ld calls refused that name the argument, and what gives no error gives nothing: "
               "%d checks wrong; 0 requests sent\t%s\n", tries, check_failed, check_failed == 0 ? "ok" : "missed");
    }
    return check_done("hostile");
}
