#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fine(replicate_error *error) {
    if (error == NULL) return 1;
    fprintf(stderr, "  %s\n", replicate_error_text(error));
    replicate_error_free(error);
    return 0;
}

int is_error(replicate_error *error, const char *kind, const char *word) {
    const char *found = replicate_error_kind(error), *message = replicate_error_message(error);
    int right = found != NULL && strcmp(found, kind) == 0 && message != NULL && strlen(message) < 1024 &&
                (word == NULL || strstr(message, word) != NULL);
    if (!right) {
        fprintf(stderr, "  wanted %s (%s), got %s: %s\n", kind, word ? word : "", found ? found : "no error",
                message ? message : "");
    }
    replicate_error_free(error);
    return right;
}

int known_kind(const char *kind) {
    static const char *const kinds[] = {"auth",     "billing",  "not_found", "invalid_input", "rate_limited",
                                        "model_failed", "content_filtered", "capacity", "canceled", "timeout",
                                        "network",  "truncated", "protocol", "internal"};
    for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kind, kinds[i]) == 0) return 1;
    }
    return 0;
}

static void need(replicate_error *error) {
    if (!fine(error)) exit(2);
}

replicate_config *options_of(const char *name, const char *value) {
    replicate_config *config = NULL;
    need(replicate_config_new(&config));
    need(replicate_config_set(config, name, value));
    return config;
}

replicate_client *client_of(const char *base_url, const char *name, const char *value) {
    replicate_client *client = NULL;
    replicate_config *config = options_of("base_url", base_url);
    need(replicate_config_set(config, "auth", CANARY_TOKEN));
    if (name != NULL) need(replicate_config_set(config, name, value));
    need(replicate_client_new(config, &client));
    replicate_config_free(config);
    return client;
}

replicate_input *input_of(const char *json) {
    replicate_input *input = NULL;
    need(replicate_input_new(json, strlen(json), &input));
    return input;
}

replicate_event *last_event(replicate_client *client, int *updates, int64_t *number, const char *pointer) {
    replicate_event *event = NULL;
    while (fine(replicate_client_poll(client, 10000, &event)) && event != NULL) {
        if (replicate_event_kind(event) != REPLICATE_EVENT_UPDATED) return event;
        if (updates != NULL) ++*updates;
        if (number != NULL && replicate_event_integer(event, pointer, number) == 0) *number = -1;
        replicate_event_free(event);
    }
    return NULL;
}

int failed_with(replicate_event *event, const char *kind) {
    const char *found = replicate_error_kind(replicate_event_error(event));
    int right = found != NULL && strcmp(found, kind) == 0 && replicate_event_bytes(event, NULL) == NULL;
    if (!right) fprintf(stderr, "  %s\n", replicate_error_text(replicate_event_error(event)));
    replicate_event_free(event);
    return right;
}
