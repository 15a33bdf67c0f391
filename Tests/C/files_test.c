/* Proves: what replicate_file_* takes and refuses; that an upload is the form that the server sees, sent again as a create
   is, from copies of what was given; and what its updates say. */
#define _GNU_SOURCE
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POISON ((void *)&poison)
#define INVALID(call, argument) CHECK(is_error(call, "invalid_input", argument))
#define INVALID_START(call, argument) (request = POISON, INVALID(call, argument), CHECK(request == NULL))

static int poison;

static replicate_file *file_of(const void *bytes, size_t length) {
    replicate_file *file = NULL;
    CHECK(fine(replicate_file_of(bytes, length, &file)) && file != NULL);
    return file;
}

static void arguments(replicate_client *client) {
    replicate_file *file = POISON, *good = file_of("abc", 3);
    replicate_request *request = POISON;
    INVALID(replicate_file_at(NULL, &file), "path"), CHECK(file == NULL), file = POISON;
    INVALID(replicate_file_at("\xff", &file), "path"), CHECK(file == NULL), file = POISON;
    INVALID(replicate_file_at("/nowhere/x", &file), "/nowhere/x"), CHECK(file == NULL), file = POISON;
    INVALID(replicate_file_at("/tmp", &file), "not a file"), CHECK(file == NULL), file = POISON;
    INVALID(replicate_file_at("/dev/zero", &file), "not a file"), CHECK(file == NULL), file = POISON;
    INVALID(replicate_file_of(NULL, 3, &file), "bytes"), CHECK(file == NULL), file = POISON;
    INVALID(replicate_file_of("x", SIZE_MAX, &file), "bytes"), CHECK(file == NULL);
    INVALID(replicate_file_at("/tmp", NULL), "file"), INVALID(replicate_file_of("", 0, NULL), "file");
    INVALID(replicate_file_set(NULL, "name", "x"), "file"), INVALID(replicate_file_set(good, NULL, "x"), "name");
    INVALID(replicate_file_set(good, "size", "1"), "\"name\" or \"type\"");
    INVALID(replicate_file_set(good, "name", NULL), "name"), INVALID(replicate_file_set(good, "name", "\xff"), "name");
    INVALID(replicate_file_set(good, "name", ""), "empty"), INVALID(replicate_file_set(good, "type", "png"), "image/png");
    INVALID(replicate_file_set(good, "type", "a/b\r\nX: y"), "image/png");

    INVALID_START(replicate_files_create(NULL, good, NULL, 0, NULL, NULL, &request), "client");
    INVALID_START(replicate_files_create(client, NULL, NULL, 0, NULL, NULL, &request), "file");
    INVALID_START(replicate_files_create(client, (replicate_file *)(void *)client, NULL, 0, NULL, NULL, &request), "file");
    INVALID_START(replicate_files_create(client, good, "[]", 2, NULL, NULL, &request), "metadata");
    INVALID_START(replicate_files_create(client, good, "{", 1, NULL, NULL, &request), "metadata");
    replicate_file_free(good), replicate_file_free(good), replicate_file_free(NULL);
    INVALID(replicate_file_set(good, "name", "x"), "file");
    INVALID(replicate_files_create(client, good, NULL, 0, NULL, NULL, NULL), "file");
    CHECK(replicate_client_pending(client) == 0);
}

/* Refuses the first one, and keeps what both have between the boundaries. */
static char *form(const struct loopback_request *request, void *context) {
    static const char *const parts[] = {
        "name=\"content\"; filename=\"fox.png\"\r\nContent-Type: image/png\r\n\r\n", "name=\"filename\"\r\n\r\nfox.png\r\n",
        "name=\"type\"\r\n\r\nimage/png\r\n", "name=\"metadata\"\r\nContent-Type: application/json\r\n\r\n{\"a\":[1.0]}\r\n"};
    int *right = context;
    CHECK(strcmp(request->method, "POST") == 0 && strcmp(request->path, "/v1/files") == 0);
    for (int i = 0; i < 4; i++) *right += memmem(request->body, request->length, parts[i], strlen(parts[i])) != NULL;
    *right += memmem(request->body, request->length, "\r\n\r\na\0b\r\n--", 11) != NULL;
    if (request->number == 0) return strdup("HTTP/1.1 429 Wait\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
    return loopback_answer("{\"id\":\"f1\",\"urls\":{\"get\":\"https://x/f1\"}}");
}

static void create(void) {
    int right = 0, updates = 0;
    int64_t sent = -1;
    struct loopback *server = loopback_start(form, &right);
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    replicate_config *options = options_of("updates", "1");
    char bytes[] = "a\0b", metadata[] = "{\"a\":[1.0]}";
    replicate_file *file = file_of(bytes, 3);
    CHECK(fine(replicate_file_set(file, "name", "fox.png")));
    CHECK(fine(replicate_files_create(client, file, metadata, strlen(metadata), options, NULL, NULL)));
    memset(bytes, 'x', 3), memset(metadata, 'x', strlen(metadata)); /* they were copied */
    CHECK(fine(replicate_file_set(file, "name", "later"))), replicate_file_free(file), replicate_config_free(options);
    replicate_event *event = last_event(client, &updates, &sent, "/sent");
    CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE && right == 10 && loopback_requests(server) == 2);
    CHECK(strcmp(replicate_event_string(event, "/urls/get", NULL), "https://x/f1") == 0);
    CHECK(replicate_event_bytes(event, NULL) == NULL);
    CHECK(updates >= 1 && sent == 3);
    replicate_event_free(event);

    options = options_of("max_upload_bytes", "2"), file = file_of("abc", 3);
    CHECK(fine(replicate_files_create(client, file, NULL, 0, options, NULL, NULL)));
    CHECK(failed_with(last_event(client, NULL, NULL, NULL), "invalid_input") && loopback_requests(server) == 2);
    replicate_config_free(options), replicate_file_free(file);

    char path[] = "/tmp/replicate-file-XXXXXX";
    CHECK(close(mkstemp(path)) == 0 && fine(replicate_file_at(path, &file)) && unlink(path) == 0);
    CHECK(fine(replicate_files_create(client, file, NULL, 0, NULL, NULL, NULL)));
    event = last_event(client, NULL, NULL, NULL);
    const char *delivery = replicate_error_delivery(replicate_event_error(event));
    CHECK(delivery != NULL && strcmp(delivery, "not_sent") == 0);
    CHECK(failed_with(event, "invalid_input") && loopback_requests(server) == 2);
    replicate_file_free(file), replicate_client_free(client), loopback_stop(server);
}

int main(void) {
    replicate_client *client = client_of("http://127.0.0.1:9/v1", NULL, NULL);
    arguments(client);
    replicate_client_free(client);
    create();
    return check_done("files");
}
