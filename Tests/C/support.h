/* support.h - what the tests share: clients of a local server, inputs, and checks of errors. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "process.h"

#include <replicate.h>

/* What must stand nowhere, as Tests/canary has it. */
#define CANARY_TOKEN "r8_CANARYq7Zk2VxW9mT4sB6nLhYdR"
#define CANARY_SECRET "whsec_Q0FOQVJZLXdlYmhvb2stc2VjcmV0LTEyMzQ1Ng=="

/* 1 if the error is NULL; otherwise prints and frees it. */
int fine(replicate_error *error);

/* 1 if the error has this kind and, where `word` is not NULL, says it in its message. Frees it, and prints it if not. */
int is_error(replicate_error *error, const char *kind, const char *word);

/* 1 if the kind is one that the header lists. */
int known_kind(const char *kind);

/* A client with CANARY_TOKEN; `name` and `value` are one more option, if not NULL. Ends the process on failure. */
replicate_client *client_of(const char *base_url, const char *name, const char *value);

/* Ends the process if it is not JSON. */
replicate_input *input_of(const char *json);

/* A configuration with one option. */
replicate_config *options_of(const char *name, const char *value);

/* Takes the client's events up to the last one of a request; NULL if none comes. Counts the updates, and keeps the number at
   `pointer` of the latest, -1 if there is none; both places may be NULL. */
replicate_event *last_event(replicate_client *client, int *updates, int64_t *number, const char *pointer);

/* 1 if the event is of a failure of this kind. Frees it, and prints the error if not. */
int failed_with(replicate_event *event, const char *kind);

#endif
