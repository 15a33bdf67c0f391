/* Proves: files go into an input where a JSON Pointer says, are uploaded several at a time before anything is created, and
   stand in the request by their URLs; that one failure ends the others and creates nothing; and which of them go inside of the
   request instead. */
#define _GNU_SOURCE
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the server makes of an upload, by the file's name: those that begin with "silent" are never answered, with "bad" get
   a 413, with "down" a 500, with "odd" a record without a URL; others "https://files.example/NAME". */
static struct seen {
    int uploads, creates;
    char path[256];
    char *body; /* of the last create */
} seen;

static char *status_of(int status, const char *body) {
    char *answer = NULL;
    if (asprintf(&answer, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body),
                 body) < 0) {
        abort();
    }
    return answer;
}

static char *service(const struct loopback_request *request, void *context) {
    (void)context;
    char body[1024];
    if (strstr(request->path, "/cancel") != NULL) return loopback_answer("{\"id\":\"p\",\"status\":\"canceled\"}");
    if (strcmp(request->path, "/v1/files") != 0) {
        __atomic_add_fetch(&seen.creates, 1, __ATOMIC_SEQ_CST);
        snprintf(seen.path, sizeof seen.path, "%s", request->path);
        free(seen.body);
        seen.body = strdup(request->body);
        return loopback_answer("{\"id\":\"p\",\"status\":\"succeeded\",\"output\":1,\"urls\":{}}");
    }
    __atomic_add_fetch(&seen.uploads, 1, __ATOMIC_SEQ_CST);
    const char *mark = "filename=\"";
    const char *name = memmem(request->body, request->length, mark, strlen(mark));
    if (!CHECK(name != NULL)) return status_of(400, "{}");
    name += strlen(mark);
    int length = (int)(strchr(name, '"') - name);
    if (strncmp(name, "silent", 6) == 0) return NULL;
    if (strncmp(name, "bad", 3) == 0) return status_of(413, "{\"detail\":\"Files must be less than 100MB in size\"}");
    if (strncmp(name, "down", 4) == 0) return status_of(500, "{}");
    if (strncmp(name, "odd", 3) == 0) return status_of(201, "{\"id\":\"f\"}");
    snprintf(body, sizeof body, "{\"id\":\"f\",\"urls\":{\"get\":\"https://files.example/%.*s\"}}", length, name);
    return status_of(201, body);
}

static struct loopback *server;
static replicate_client *client;

static void open_service(const char *name, const char *value) {
    seen.uploads = seen.creates = 0;
    server = loopback_start(service, NULL);
    client = client_of(loopback_url(server), "max_retries", "0");
    if (name != NULL) {
        replicate_client_free(client);
        client = client_of(loopback_url(server), name, value);
    }
}

static void close_service(void) {
    replicate_client_free(client);
    loopback_stop(server);
}

static void attach(replicate_input *input, const char *pointer, const char *name, const void *bytes, size_t length) {
    replicate_file *file = NULL;
    CHECK(fine(replicate_file_of(bytes, length, &file)) && fine(replicate_file_set(file, "name", name)));
    CHECK(fine(replicate_input_attach(input, pointer, file)));
    replicate_file_free(file);
}

static replicate_event *ran(const replicate_input *input, const char *name, const char *value) {
    replicate_config *options = name != NULL ? options_of(name, value) : NULL;
    replicate_event *event = NULL;
    CHECK(fine(replicate_run(client, "o/n", input, options, NULL, NULL)));
    replicate_config_free(options);
    event = last_event(client, NULL, NULL, NULL);
    CHECK(event != NULL);
    return event;
}

/* Of a failure before anything was created. */
static int nothing_created(replicate_event *event, const char *kind, const char *word) {
    const replicate_error *error = replicate_event_error(event);
    const char *delivery = replicate_error_delivery(error), *message = replicate_error_message(error);
    int is_right = CHECK(delivery != NULL && strcmp(delivery, "not_sent") == 0)
                   && CHECK(message != NULL && (word == NULL || strstr(message, word) != NULL)) && CHECK(seen.creates == 0);
    if (message != NULL && !is_right) fprintf(stderr, "  %s\n", replicate_error_text(error));
    return failed_with(event, kind) && is_right;
}

static int created(replicate_event *event, const char *body) {
    int is_done = replicate_event_kind(event) == REPLICATE_EVENT_DONE;
    if (!is_done) fprintf(stderr, "  %s\n", replicate_error_text(replicate_event_error(event)));
    int is_right = is_done && seen.creates == 1 && seen.body != NULL && strcmp(seen.body, body) == 0;
    if (!is_right) fprintf(stderr, "  got %s\n wanted %s\n", seen.body ? seen.body : "nothing", body);
    replicate_event_free(event);
    return is_right;
}

#define AT(name) "\"https://files.example/" name "\""

static void places(void) {
    open_service(NULL, NULL);
    replicate_input *input = input_of("{\"a\":1, \"list\":[0,{}], \"\":2, \"x/y\":[]}");
    attach(input, "/a", "gone", "", 0);
    attach(input, "/a", "a", "A", 1);
    attach(input, "/new", "new", "N", 1);
    attach(input, "/list/0", "zero", "0", 1);
    attach(input, "/list/-", "last", "L", 1);
    attach(input, "/list/1/deep", "deep", "D", 1);
    attach(input, "/", "empty", "E", 1);
    attach(input, "/x~1y/-", "one", "1", 1);
    attach(input, "/x~1y/-", "two", "2", 1);
    attach(input, "/x~1y/2", "three", "3", 1);
    CHECK(is_error(replicate_input_set(input, "input", "1", 1), "invalid_input", "input"));
    CHECK(created(ran(input, NULL, NULL),
                  "{\"input\":{\"a\":" AT("a") ", \"list\":[" AT("zero") ",{\"deep\":" AT("deep") "}," AT("last") "], \"\":"
                  AT("empty") ", \"x/y\":[" AT("one") "," AT("two") "," AT("three") "],\"new\":" AT("new") "}}"));
    CHECK(seen.uploads == 9); /* what was replaced is not sent */
    replicate_input_free(input);

    input = input_of("{\"list\":[{}]}"); /* what holds a file can be replaced by one */
    attach(input, "/list/0/x", "inner", "I", 1);
    attach(input, "/list/0", "outer", "O", 1);
    seen.uploads = seen.creates = 0;
    CHECK(created(ran(input, NULL, NULL), "{\"input\":{\"list\":[" AT("outer") "]}}") && seen.uploads == 1);
    replicate_input_free(input);
    close_service();
}

/* A value of the input that no file can be put into. */
static void no_place(void) {
    replicate_input *input = input_of("{\"a\":1,\"list\":[0]}");
    replicate_file *file = NULL;
    CHECK(fine(replicate_file_of("x", 1, &file)));
    static const char *const pointers[] = {"", "a", "/a/b", "/b/c", "/list/2", "/list/01", "/list/x", "/list/-/x", "/~2", "list/0"};
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        CHECK(is_error(replicate_input_attach(input, pointers[i], file), "invalid_input", pointers[i]));
    }
    replicate_file_free(file);
    replicate_input_free(input);
}

static void every_create(void) {
    open_service(NULL, NULL);
    replicate_input *input = input_of("{}");
    attach(input, "/f", "f", "F", 1);
    CHECK(fine(replicate_input_set(input, "destination", "\"me/mine\"", 9)));
    const char *body = "{\"input\":{\"f\":" AT("f") "},\"destination\":\"me/mine\"}";
    for (int i = 0; i < 4; i++) {
        seen.creates = 0;
        if (i == 0) CHECK(fine(replicate_trainings_create(client, "o", "n", "v", input, NULL, NULL, NULL)));
        if (i == 1) CHECK(fine(replicate_models_predictions_create(client, "o", "n", input, NULL, NULL, NULL)));
        if (i == 2) CHECK(fine(replicate_deployments_predictions_create(client, "o", "n", input, NULL, NULL, NULL)));
        if (i == 3) CHECK(fine(replicate_run(client, "deployments/o/n", input, NULL, NULL, NULL)));
        CHECK(created(last_event(client, NULL, NULL, NULL), body));
    }
    seen.creates = 0;
    CHECK(fine(replicate_stream(client, "o/n", input, NULL, NULL, NULL)));
    replicate_event *event = last_event(client, NULL, NULL, NULL); /* it has no stream, but it was created */
    CHECK(failed_with(event, "invalid_input") && strcmp(seen.body, body) == 0);
    replicate_input_free(input);
    close_service();
}

/* Eight at a time; the others wait, and none of them is sent when the request is canceled. */
static void several_at_once(void) {
    open_service(NULL, NULL);
    replicate_input *input = input_of("{\"f\":[]}");
    for (int i = 0; i < 12; i++) attach(input, "/f/-", "silent", "x", 1);
    replicate_request *request = NULL;
    CHECK(fine(replicate_run(client, "o/n", input, NULL, NULL, &request)));
    CHECK(loopback_await(server, 8));
    CHECK(thread_count(NULL) == 3); /* this one, the server's and the network's */
    CHECK(replicate_request_state(request) == 0);
    CHECK(fine(replicate_request_cancel(request)));
    CHECK(nothing_created(last_event(client, NULL, NULL, NULL), "canceled", NULL));
    CHECK(loopback_requests(server) == 8);
    replicate_request_free(request);

    replicate_config *soon = options_of("timeout_ms", "300");
    CHECK(fine(replicate_run(client, "o/n", input, soon, NULL, NULL)));
    CHECK(nothing_created(last_event(client, NULL, NULL, NULL), "timeout", NULL));
    replicate_config_free(soon);
    CHECK(fine(replicate_run(client, "o/n", input, NULL, NULL, NULL)));
    CHECK(fine(replicate_client_close(client)));
    CHECK(nothing_created(last_event(client, NULL, NULL, NULL), "canceled", NULL));
    replicate_input_free(input);
    close_service();
}

static void one_fails(void) {
    static const struct { const char *name, *kind, *word; size_t size; } rows[] = {
        {"bad.png", "invalid_input", "less than 100MB", 1}, {"odd.png", "protocol", "urls.get", 1},
        {"down.png", "network", "down.png could not be uploaded", 256001},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_service(NULL, NULL);
        char *bytes = calloc(1, rows[i].size);
        replicate_input *input = input_of("{\"f\":[]}");
        for (int k = 0; k < 5; k++) attach(input, "/f/-", "silent", "x", 1);
        attach(input, "/f/-", rows[i].name, bytes, rows[i].size);
        CHECK(nothing_created(ran(input, NULL, NULL), rows[i].kind, rows[i].word));
        replicate_input_free(input);
        free(bytes);
        close_service();
    }
}

static void inside_of_the_request(void) {
    open_service(NULL, NULL);
    replicate_input *input = input_of("{}");
    attach(input, "/f", "down.png", "f", 1);
    attach(input, "/g", "g.png", "g", 1);
    CHECK(created(ran(input, NULL, NULL), "{\"input\":{\"f\":\"data:image/png;base64,Zg==\",\"g\":" AT("g.png") "}}"));
    seen.uploads = seen.creates = 0;
    CHECK(created(ran(input, "file_encoding_strategy", "data-uri"),
                  "{\"input\":{\"f\":\"data:image/png;base64,Zg==\",\"g\":\"data:image/png;base64,Zw==\"}}"));
    CHECK(seen.uploads == 0);
    replicate_input_free(input);

    char *bytes = calloc(1, 256000); /* 39 of these fit into the 10 MB, 40 do not */
    for (int count = 39; count <= 40; count++) {
        input = input_of("{\"f\":[]}");
        for (int i = 0; i < count; i++) attach(input, "/f/-", "down", bytes, 256000);
        for (int i = 0; i < 2; i++) {
            seen.uploads = seen.creates = 0;
            replicate_event *event = ran(input, i ? "file_encoding_strategy" : NULL, "data-uri");
            if (count == 39) {
                CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE && seen.creates == 1);
                replicate_event_free(event);
            } else {
                CHECK(nothing_created(event, i ? "invalid_input" : "network", i ? "10000000" : "down could not be uploaded"));
            }
        }
        replicate_input_free(input);
    }
    free(bytes);
    close_service();

    open_service("file_encoding_strategy", "data-uri"); /* of the client */
    input = input_of("{}");
    attach(input, "/f", "x.json", "{}", 2);
    CHECK(created(ran(input, NULL, NULL), "{\"input\":{\"f\":\"data:application/json;base64,e30=\"}}") && seen.uploads == 0);
    replicate_input_free(input);
    close_service();
}

static void too_large(void) {
    open_service(NULL, NULL);
    replicate_input *input = input_of("{\"f\":[]}");
    attach(input, "/f/-", "small", "x", 1);
    attach(input, "/f/-", "large", "xxxxx", 5);
    CHECK(nothing_created(ran(input, "max_upload_bytes", "4"), "invalid_input", "max_upload_bytes"));
    CHECK(loopback_requests(server) == 0);
    replicate_input_free(input);
    close_service();
}

static int pair[2];

static void descriptors(void) {
    open_service(NULL, NULL);
    char path[] = "/tmp/attachments_XXXXXX.txt";
    int fd = mkstemps(path, 4);
    CHECK(fd >= 0 && write(fd, "whole", 5) == 5); /* stands at the end */
    replicate_file *file = NULL;
    replicate_input *input = input_of("{}");
    CHECK(fine(replicate_file_of_descriptor(fd, &file)) && fine(replicate_input_attach(input, "/f", file)));
    close(fd);
    replicate_file_free(file);
    CHECK(created(ran(input, "file_encoding_strategy", "data-uri"), "{\"input\":{\"f\":\"data:text/plain;base64,d2hvbGU=\"}}"));
    seen.creates = 0;
    unlink(path);
    char body[128];
    snprintf(body, sizeof body, "{\"input\":{\"f\":\"https://files.example/%s\"}}", strrchr(path, '/') + 1);
    CHECK(created(ran(input, NULL, NULL), body) && seen.uploads == 1); /* its name is that of then */
    replicate_input_free(input);

    file = NULL;
    CHECK(pipe(pair) == 0);
    CHECK(is_error(replicate_file_of_descriptor(pair[0], &file), "invalid_input", "end") && file == NULL);
    fd = open("/tmp", O_RDWR | O_TMPFILE, 0600);
    CHECK(fd < 0 || (fine(replicate_file_of_descriptor(fd, &file)) && file != NULL));
    close(fd), replicate_file_free(file);
    fd = open("/dev/null", O_WRONLY);
    CHECK(is_error(replicate_file_of_descriptor(fd, &file), "invalid_input", "not open for reading"));
    close(fd);
    fd = open("/etc/hostname", O_PATH);
    CHECK(is_error(replicate_file_of_descriptor(fd, &file), "invalid_input", "not open for reading"));
    close(fd), close(pair[0]), close(pair[1]);
    close_service();
}

static void progress(void) {
    open_service(NULL, NULL);
    replicate_input *input = input_of("{\"f\":[]}");
    char *bytes = calloc(1, 1 << 20);
    for (int i = 0; i < 3; i++) attach(input, "/f/-", i ? "f" : "empty", bytes, i ? 1 << 20 : 0);
    for (int wanted = 0; wanted < 2; wanted++) {
        replicate_config *options = options_of("uploads", wanted ? "1" : "0");
        CHECK(fine(replicate_run(client, "o/n", input, options, NULL, NULL)));
        replicate_config_free(options);
        int told = 0, kind = 0;
        int64_t last = 0, sent = 0, total = 0;
        do {
            replicate_event *event = NULL;
            if (!CHECK(fine(replicate_client_poll(client, 10000, &event)) && event != NULL)) break;
            kind = replicate_event_kind(event);
            if (kind == REPLICATE_EVENT_UPLOAD) {
                told++;
                CHECK(replicate_event_integer(event, "/sent", &sent) && replicate_event_integer(event, "/total", &total));
                CHECK(sent >= last && total == 2 << 20 && seen.creates <= wanted);
                last = sent;
            }
            replicate_event_free(event);
        } while (kind == REPLICATE_EVENT_UPLOAD);
        CHECK(kind == REPLICATE_EVENT_DONE && (wanted ? told > 0 && last == total : told == 0));
        seen.creates = 0;
    }
    free(bytes);
    replicate_input_free(input);
    close_service();
}

int main(void) {
    places();
    no_place();
    every_create();
    several_at_once();
    one_fails();
    inside_of_the_request();
    too_large();
    descriptors();
    progress();
    free(seen.body);
    return check_done("attachments");
}
