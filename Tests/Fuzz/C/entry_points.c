/* The functions of the header in any order with any arguments: bytes of the input choose them. Handles come from eight places
   that hold live ones of all types, freed ones and bits of no meaning; texts are bytes of the input, their lengths right or
   impossible. Requests go to a port of this machine at which nobody listens, and to data: URIs. */
#include "fuzzing.h"
#include "replicate.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PLACES = 8, TEXT = 200 };

static replicate_client *client;
/* No input can know it. */
static char token[32];
static void *place[PLACES];
static char *text[3];
static size_t length[3];

static void free_any(void *handle) {
    replicate_error_free(handle);
    replicate_config_free(handle);
    replicate_input_free(handle);
    replicate_file_free(handle);
    replicate_request_free(handle);
    replicate_event_free(handle);
}

static void put(void *handle, unsigned which) {
    free_any(place[which % PLACES]);
    place[which % PLACES] = handle;
}

/* As strstr(text, token), which libFuzzer watches: it would put the token into its inputs. */
#ifdef __clang__
__attribute__((no_sanitize("coverage")))
#endif
static int tells_token(const char *text) {
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (token[i] != '\0' && text[i] == token[i]) i++;
        if (token[i] == '\0') return 1;
    }
    return 0;
}

/* An error is well formed, and goes into a place: to be read and freed again, or used as something else. */
static void keep_error(replicate_error *error, choices *input) {
    if (error == NULL) return;
    DEMAND(replicate_error_kind(error) != NULL);
    DEMAND(strlen(replicate_error_message(error)) > 0);
    DEMAND(replicate_error_text(error) != NULL);
    DEMAND(replicate_error_attempts(error) == 0);
    DEMAND(!tells_token(replicate_error_text(error)));
    if (next_byte(input) & 1) put(error, next_byte(input));
    else replicate_error_free(error);
}

/* The right length of a text, or one that cannot be. */
static size_t any_length(choices *input, int which) {
    switch (next_byte(input) & 15) {
    case 0: return SIZE_MAX;
    case 1: return SIZE_MAX / 2 + 1;
    case 2: return ((size_t)1 << 30) + 1;
    case 3: return length[which] / 2;
    default: return length[which];
    }
}

static void read_error(const replicate_error *error) {
    size_t count;
    replicate_error_status(error);
    replicate_error_title(error);
    replicate_error_detail(error);
    replicate_error_invalid_fields(error, &count);
    replicate_error_retry_after(error);
    replicate_error_rate_limit_remaining(error);
    replicate_error_rate_limit_reset(error);
    replicate_error_code(error);
    replicate_error_retryable(error);
    replicate_error_delivery(error);
    replicate_error_prediction(error, &count);
}

static void read_event(const replicate_event *event, const char *pointer) {
    const char *type, *data, *id, *bytes;
    size_t count;
    int64_t integer;
    double number;
    int32_t boolean, kind = replicate_event_kind(event);
    DEMAND(kind >= 0 && kind <= 8);
    read_error(replicate_event_error(event));
    bytes = replicate_event_json(event, &count);
    DEMAND((bytes == NULL) == (count == 0));
    if (bytes != NULL) DEMAND(replicate_json_value(bytes, count, "", NULL) != NULL);
    replicate_event_status(event);
    replicate_event_headers(event, &count);
    for (size_t i = 0; i <= replicate_event_stream_count(event); i++) {
        replicate_event_stream_item(event, i, &type, &data, &count, &id);
    }
    replicate_event_bytes(event, &count);
    replicate_event_type(event, pointer);
    replicate_event_string(event, pointer, &count);
    replicate_event_value(event, pointer, &count);
    replicate_event_integer(event, pointer, &integer);
    replicate_event_number(event, pointer, &number);
    replicate_event_boolean(event, pointer, &boolean);
    replicate_event_count(event, pointer);
    replicate_event_user_data(event);
}

static void values(choices *input) {
    size_t count = 7, size = any_length(input, 0), last = any_length(input, 1);
    const char *value = replicate_json_value(text[0], size, text[1], &count);
    double fraction = -1;
    int64_t current, total;
    DEMAND(value == NULL ? count == 0 : value >= text[0] && value + count <= text[0] + length[0]);
    if (replicate_progress(text[1], last, &fraction, &current, &total)) DEMAND(fraction >= 0 && fraction <= 1);
    replicate_file_type(text[2]);
    replicate_is_file(client, text[0], any_length(input, 0));
}

static void secrets(choices *input) {
    char signature[REPLICATE_SIGNATURE_SIZE];
    int8_t when = (int8_t)next_byte(input);
    replicate_error *error = replicate_webhook_validate(text[0], text[1], text[2], text[0], any_length(input, 0), text[1], when);
    DEMAND(error != NULL);
    keep_error(error, input);
    error = replicate_files_sign(text[0], text[1], when, text[2], any_length(input, 2), signature);
    DEMAND(strlen(signature) == (error == NULL ? REPLICATE_SIGNATURE_SIZE - 1 : 0));
    keep_error(error, input);
}

static void start(choices *input, void *handle) {
    static const char *const methods[] = {"GET", "POST", "DELETE", "QUERY", ""};
    replicate_request *request = NULL;
    void *options = next_byte(input) & 1 ? place[next_byte(input) % PLACES] : NULL;
    replicate_error *error = NULL;
    const char *one = text[0], *two = text[1];
    switch (next_byte(input) % 10) {
    case 0: error = replicate_run(client, one, handle, options, NULL, &request); break;
    case 1: error = replicate_predictions_create(client, one, handle, options, NULL, &request); break;
    case 2: error = replicate_wait(client, one, options, NULL, &request); break;
    case 3: error = replicate_page_get(client, one, options, NULL, &request); break;
    case 4: error = replicate_files_create(client, handle, two, any_length(input, 1), options, NULL, &request); break;
    case 5: error = replicate_predictions_stream(client, one, two, options, NULL, &request); break;
    case 6: error = replicate_models_get(client, one, two, options, NULL, &request); break;
    case 7: error = replicate_search(client, one, options, NULL, &request); break;
    case 8:
        error = replicate_call(client, methods[next_byte(input) % 5], one, two, any_length(input, 1), options, NULL, &request);
        break;
    default: /* of the kind that needs no network, whatever stands in it */
        if (length[2] >= 5) memcpy(text[2], "data:", 5);
        else break;
        error = replicate_download(client, text[2], NULL, options, NULL, &request);
    }
    DEMAND(error == NULL || request == NULL);
    keep_error(error, input);
    if (request != NULL) put(request, next_byte(input));
}

static void step(choices *input) {
    uint8_t what = next_byte(input), which = next_byte(input) % PLACES, other = next_byte(input) % PLACES;
    void *out = NULL, *handle = place[which];
    replicate_error *error = NULL;
    switch (what % 20) {
    case 0: case 1: case 2:
        free(text[what % 20]);
        text[what % 20] = next_text(input, TEXT, &length[what % 20]);
        return;
    case 3: error = replicate_config_new((replicate_config **)&out); break;
    case 4: error = replicate_config_set(handle, text[0], other & 1 ? text[1] : NULL); break;
    case 5: error = replicate_input_new(text[2], any_length(input, 2), (replicate_input **)&out); break;
    case 6: error = replicate_input_set(handle, text[0], text[2], any_length(input, 2)); break;
    case 7: error = replicate_input_attach(handle, text[1], place[other]); break;
    case 8: error = replicate_file_of(text[0], any_length(input, 0), (replicate_file **)&out); break;
    case 9: error = replicate_file_set(handle, other & 1 ? "name" : other & 2 ? "type" : text[0], text[1]); break;
    case 10: error = replicate_file_at(text[1], (replicate_file **)&out); break;
    case 11: error = replicate_file_of_descriptor((int8_t)next_byte(input), (replicate_file **)&out); break;
    case 12: values(input); return;
    case 13: secrets(input); return;
    case 14: start(input, handle); return;
    case 15: error = replicate_client_poll(client, 0, (replicate_event **)&out); break;
    case 16: error = replicate_request_cancel(handle); break;
    case 17: error = replicate_request_hold(handle, other & 1); break;
    case 18:
        read_event(handle, text[1]);
        read_error(handle);
        replicate_request_state(handle);
        replicate_event_is_of(handle, place[other]);
        free_any(handle); /* and the handle stays where it is */
        if (other & 1) place[which] = (void *)(uintptr_t)(other * 0x123456789u);
        return;
    default: error = replicate_request_wait(handle, (other & 1) ? 1 : 0, (replicate_event **)&out);
    }
    DEMAND(error == NULL || out == NULL);
    keep_error(error, input);
    if (out != NULL) put(out, other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    choices input = {data, data + size};
    replicate_event *event;
    for (int i = 0; i < 3; i++) text[i] = next_text(&input, TEXT, &length[i]);
    for (int steps = 0; input.at < input.end && steps < 64; steps++) step(&input);
    for (int i = 0; i < PLACES; i++) {
        replicate_error_free(replicate_request_cancel(place[i]));
        free_any(place[i]);
        place[i] = NULL;
    }
    /* Each request has its last event, also one that was held, and is then forgotten. Ten short waits in place of a long one: of a
       process that stood still for seconds one is over before its network thread could do anything, not all. */
    for (int empty = 0; empty < 10 && replicate_client_pending(client) > 0; empty++) {
        event = NULL;
        DEMAND(replicate_client_poll(client, 500, &event) == NULL);
        if (event != NULL) empty = -1;
        read_event(event, text[1]);
        replicate_event_free(event);
    }
    DEMAND(replicate_client_pending(client) == 0);
    DEMAND(replicate_client_poll(client, 0, &event) == NULL && event == NULL);
    for (int i = 0; i < 3; i++) free(text[i]);
    return 0;
}

/* A port at which nobody listens: it was this program's a moment ago. */
static void closed_port(char *url, size_t size) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t count = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    DEMAND(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    DEMAND(getsockname(listener, (struct sockaddr *)&address, &count) == 0);
    close(listener);
    snprintf(url, size, "http://127.0.0.1:%d/v1", ntohs(address.sin_port));
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    replicate_config *config;
    char url[64];
    (void)argc, (void)argv;
    closed_port(url, sizeof url);
    DEMAND(replicate_config_new(&config) == NULL);
    DEMAND(replicate_config_set(config, "base_url", url) == NULL);
    snprintf(token, sizeof token, "r8_%08lx%08x", (long)getpid() * 2654435761 % 4294967296, (unsigned)(uintptr_t)&config);
    DEMAND(replicate_config_set(config, "auth", token) == NULL);
    DEMAND(replicate_config_set(config, "max_retries", "0") == NULL);
    DEMAND(replicate_client_new(config, &client) == NULL);
    replicate_config_free(config);
    return 0;
}
