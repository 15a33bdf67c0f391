#define _GNU_SOURCE
#include "counted.h"

#include <dlfcn.h>
#include <replicate.h>
#include <stdio.h>
#include <stdlib.h>

const char *const counted_names[COUNTED_KINDS] = {"errors", "configs", "inputs", "files", "clients", "requests", "events"};

static long counts[COUNTED_KINDS];

long counted(int kind) { return __atomic_load_n(&counts[kind], __ATOMIC_SEQ_CST); }

static void count(int kind, int change) { __atomic_add_fetch(&counts[kind], change, __ATOMIC_SEQ_CST); }

static void *next_of(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        fprintf(stderr, "counted: there is no %s\n", name);
        abort();
    }
    return found;
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (next == NULL) next = (__typeof__(&name))(uintptr_t)next_of(#name)

/* A function that can fail, and what it makes. */
#define MAKES(name, kind, made, parameters, arguments) \
    replicate_error *name parameters { \
        NEXT(name); \
        replicate_error *error = next arguments; \
        if (error != NULL) count(COUNTED_ERROR, 1); \
        else if ((made) != NULL && *(made) != NULL) count(kind, 1); \
        return error; \
    }

#define FAILS(name, parameters, arguments) MAKES(name, COUNTED_ERROR, (void **)NULL, parameters, arguments)

#define FREES(name, kind, type) \
    void name(type *handle) { \
        NEXT(name); \
        if (handle != NULL) count(kind, -1); \
        next(handle); \
    }

MAKES(replicate_config_new, COUNTED_CONFIG, config, (replicate_config **config), (config))
FAILS(replicate_config_set, (replicate_config *config, const char *name, const char *value), (config, name, value))
FREES(replicate_config_free, COUNTED_CONFIG, replicate_config)
MAKES(replicate_client_new, COUNTED_CLIENT, client, (const replicate_config *config, replicate_client **client), (config, client))
MAKES(replicate_client_poll, COUNTED_EVENT, event, (replicate_client *client, int32_t timeout_ms, replicate_event **event),
      (client, timeout_ms, event))
FAILS(replicate_client_fd, (replicate_client *client, int32_t *fd), (client, fd))
FAILS(replicate_client_wakeup, (replicate_client *client), (client))
FREES(replicate_client_free, COUNTED_CLIENT, replicate_client)
MAKES(replicate_input_new, COUNTED_INPUT, input, (const char *json, size_t length, replicate_input **input), (json, length, input))
FAILS(replicate_input_set, (replicate_input *input, const char *name, const char *json, size_t length), (input, name, json, length))
FAILS(replicate_input_attach, (replicate_input *input, const char *pointer, const replicate_file *file), (input, pointer, file))
FREES(replicate_input_free, COUNTED_INPUT, replicate_input)
MAKES(replicate_file_at, COUNTED_FILE, file, (const char *path, replicate_file **file), (path, file))
MAKES(replicate_file_of, COUNTED_FILE, file, (const void *bytes, size_t length, replicate_file **file), (bytes, length, file))
MAKES(replicate_file_of_descriptor, COUNTED_FILE, file, (int32_t fd, replicate_file **file), (fd, file))
FAILS(replicate_file_set, (replicate_file *file, const char *name, const char *value), (file, name, value))
FREES(replicate_file_free, COUNTED_FILE, replicate_file)
FAILS(replicate_request_cancel, (replicate_request *request), (request))
FAILS(replicate_request_hold, (replicate_request *request, int32_t hold), (request, hold))
FREES(replicate_request_free, COUNTED_REQUEST, replicate_request)
FREES(replicate_event_free, COUNTED_EVENT, replicate_event)
FREES(replicate_error_free, COUNTED_ERROR, replicate_error)
FAILS(replicate_webhook_validate, (const char *id, const char *timestamp, const char *signature, const void *body, size_t length,
      const char *secret, int64_t tolerance), (id, timestamp, signature, body, length, secret, tolerance))

#define REST const replicate_config *options, void *user_data, replicate_request **request
#define OPERATION(name, parameters, arguments) MAKES(name, COUNTED_REQUEST, request, parameters, arguments)
#define OF_TEXT(name) \
    OPERATION(name, (replicate_client *client, const char *text, REST), (client, text, options, user_data, request))
#define OF_INPUT(name) \
    OPERATION(name, (replicate_client *client, const char *text, const replicate_input *input, REST), \
              (client, text, input, options, user_data, request))

OF_INPUT(replicate_run)
OF_INPUT(replicate_stream)
OF_INPUT(replicate_predictions_create)
OPERATION(replicate_models_predictions_create, (replicate_client *client, const char *owner, const char *name,
          const replicate_input *input, REST), (client, owner, name, input, options, user_data, request))
OF_TEXT(replicate_wait)
OF_TEXT(replicate_predictions_get)
OF_TEXT(replicate_predictions_cancel)
OF_TEXT(replicate_page_get)
OF_TEXT(replicate_files_delete)
OPERATION(replicate_predictions_list, (replicate_client *client, REST), (client, options, user_data, request))
OPERATION(replicate_predictions_stream, (replicate_client *client, const char *id, const char *url, REST),
          (client, id, url, options, user_data, request))
OPERATION(replicate_files_create, (replicate_client *client, const replicate_file *file, const char *metadata, size_t length, REST),
          (client, file, metadata, length, options, user_data, request))
OPERATION(replicate_download, (replicate_client *client, const char *url, const char *path, REST),
          (client, url, path, options, user_data, request))
OPERATION(replicate_outputs_save, (replicate_client *client, const char *json, size_t length, const char *folder,
          const char *prefix, REST), (client, json, length, folder, prefix, options, user_data, request))
OPERATION(replicate_call, (replicate_client *client, const char *method, const char *path, const char *body, size_t length, REST),
          (client, method, path, body, length, options, user_data, request))
