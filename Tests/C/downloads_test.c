/* Proves: a download into memory keeps every byte, and one to a path is whole or leaves what was there, also when it is
   canceled; updates tell the bytes, and only the latest one waits. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POISON ((void *)&poison)
#define INVALID(call, argument) CHECK(is_error(call, "invalid_input", argument))
#define INVALID_START(call, argument) (request = POISON, INVALID(call, argument), CHECK(request == NULL))
#define LINK "f", "o", 1, "s"

static int poison;
static char folder[] = "/tmp/replicate-files-XXXXXX", path[64];

static void put(const char *text) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(text, 1, strlen(text), file) == strlen(text) && fclose(file) == 0);
}

static int holds(const char *text) {
    char found[64] = "";
    FILE *file = fopen(path, "rb");
    if (file == NULL) return text == NULL;
    size_t length = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    return text != NULL && length == strlen(text) && memcmp(found, text, length) == 0;
}

static size_t files_in_folder(void) {
    size_t count = 0;
    DIR *open = opendir(folder);
    while (readdir(open) != NULL) count++;
    closedir(open);
    return count - 2; /* itself and its parent */
}

static void arguments(replicate_client *client) {
    replicate_request *request = POISON;
    size_t length = 7;
    INVALID_START(replicate_files_download(NULL, LINK, NULL, NULL, NULL, &request), "client");
    INVALID(replicate_files_download(client, NULL, "o", 1, "s", NULL, NULL, NULL, NULL), "id");
    INVALID(replicate_files_download(client, "f", NULL, 1, "s", NULL, NULL, NULL, NULL), "owner");
    INVALID(replicate_files_download(client, "f", "o", 1, NULL, NULL, NULL, NULL, NULL), "signature");
    INVALID(replicate_files_download(client, "..", "o", 1, "s", NULL, NULL, NULL, NULL), "id");
    INVALID(replicate_files_download(client, LINK, "", NULL, NULL, NULL), "path");
    INVALID(replicate_files_download(client, LINK, "\xff", NULL, NULL, NULL), "path");
    CHECK(replicate_event_bytes(NULL, &length) == NULL && length == 0);
    length = 7;
    CHECK(replicate_event_bytes((void *)client, &length) == NULL && length == 0 && replicate_client_pending(client) == 0);
}

struct bytes {
    const char *text;
    size_t length;
};

static char *file_answer(const struct loopback_request *request, void *context) {
    const struct bytes *bytes = context;
    char *answer = malloc(200 + bytes->length);
    int head = snprintf(answer, 200, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nContent-Type: image/png\r\n\r\n",
                        bytes->length);
    memcpy(answer + head, bytes->text, bytes->length);
    *request->answer_length = (size_t)head + bytes->length;
    CHECK(strcmp(request->path, "/v1/files/f/download?owner=o&expiry=1&signature=s") == 0);
    return answer;
}

static void download(const char *text, size_t size) {
    struct bytes content = {text, size};
    struct loopback *server = loopback_start(file_answer, &content);
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    replicate_config *options = options_of("updates", "1");
    size_t length = 7;
    int64_t received = 0, value = -1;
    CHECK(fine(replicate_files_download(client, LINK, NULL, options, NULL, NULL)));
    replicate_event *event = last_event(client, NULL, &received, "/received");
    const char *bytes = replicate_event_bytes(event, &length);
    CHECK(bytes != NULL && length == size && memcmp(bytes, text, size) == 0 && replicate_event_bytes(event, NULL) == bytes);
    CHECK(received == (int64_t)size && replicate_event_integer(event, "/size", &value) == 1 && value == (int64_t)size);
    CHECK(strcmp(replicate_event_string(event, "/content_type", NULL), "image/png") == 0);
    replicate_client_free(client);
    CHECK(memcmp(bytes, text, size) == 0); /* it is the event's */
    replicate_event_free(event), replicate_config_free(options);

    client = client_of(loopback_url(server), NULL, NULL);
    put("old");
    CHECK(fine(replicate_files_download(client, LINK, path, NULL, NULL, NULL)));
    event = last_event(client, NULL, NULL, NULL);
    CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE && replicate_event_bytes(event, &length) == NULL && length == 0);
    struct stat status;
    CHECK(stat(path, &status) == 0 && status.st_size == (off_t)size && files_in_folder() == 1);
    replicate_event_free(event), replicate_client_free(client), loopback_stop(server);
}

/* A file that never comes whole: canceled in its middle, it leaves what was there. */
static void cancel(const char *before) {
    struct loopback *server = loopback_start(loopback_raw, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    replicate_config *options = options_of("updates", "1");
    replicate_request *request = NULL;
    replicate_event *event = NULL;
    if (before != NULL) put(before); else unlink(path);
    CHECK(fine(replicate_files_download(client, LINK, path, options, NULL, &request)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_UPDATED);
    CHECK(files_in_folder() == (before != NULL ? 2u : 1u) && holds(before));
    replicate_event_free(event);
    CHECK(fine(replicate_request_cancel(request)));
    CHECK(failed_with(last_event(client, NULL, NULL, NULL), "canceled"));
    CHECK(files_in_folder() == (before != NULL ? 1u : 0u) && holds(before));

    CHECK(fine(replicate_files_download(client, LINK, path, options, NULL, NULL)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)));
    replicate_event_free(event);
    replicate_client_free(client); /* ends it as well */
    CHECK(threads_fall_to("replicate-net", 0) && files_in_folder() == (before != NULL ? 1u : 0u) && holds(before));
    replicate_request_free(request), replicate_config_free(options), loopback_stop(server);
}

/* A slow taker gets the latest update only, however many pieces came. */
static void coalesce(void) {
    static char answer[4000100];
    int head = snprintf(answer, 100, "HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n"), updates = 0;
    memset(answer + head, 'x', 4000000);
    struct loopback *server = loopback_start(loopback_raw, answer);
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    replicate_config *options = options_of("updates", "1");
    replicate_request *request = NULL;
    int64_t received = 0;
    CHECK(fine(replicate_files_download(client, LINK, NULL, options, NULL, &request)));
    double start = seconds_now();
    while (replicate_request_state(request) == 0 && seconds_now() - start < 10) usleep(1000);
    replicate_event_free(last_event(client, &updates, &received, "/received"));
    CHECK(updates == 1 && received == 4000000);
    replicate_request_free(request), replicate_config_free(options), replicate_client_free(client), loopback_stop(server);
}

int main(void) {
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/out", folder);
    replicate_client *client = client_of("http://127.0.0.1:9/v1", NULL, NULL);
    arguments(client);
    replicate_client_free(client);
    download("four", 4), download("\0a\0\r\n\xff\0", 7), download("", 0);
    cancel(NULL), cancel("old");
    coalesce();
    unlink(path), rmdir(folder);
    return check_done("downloads");
}
