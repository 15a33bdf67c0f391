/* Proves: the events of a stream come in order, whole and once, over cut connections too; what ends a stream, and with which
   error; that the token stays away from the stream's address; cancels; holding a request back; that waiting for the last event
   needs nobody to take the others; and that a reader who takes nothing holds the server back instead of filling the memory. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %zu\r\n\r\n"
#define OUTPUT(id, data) "event: output\nid: " id "\ndata: " data "\n\n"
#define DONE "event: done\nid: 9\ndata: {}\n\n"

/* ---- A server with one prediction, "p", and its stream ------------------------------------------------------------ */

struct scene {
    const char *streams[3]; /* one for each connection; the last is given again and again */
    const char *end;        /* what is in the prediction at the end; default: "succeeded" */
    char *bulk;             /* in place of the first stream: a whole answer, for the server to free */
    int stays_open;         /* the stream's answer is announced as longer than it is */
    int has_no_stream;      /* the prediction names none */
    int is_silent;          /* a create is never answered */
    int is_silent_to_get;   /* nor a look at the prediction */
    useconds_t delay;             /* before a stream's answer */
    int creates, gets, cancels, connections, with_token, tokens_to_stream;
    char asked_from[32]; /* the Last-Event-ID of the last connection */
    char stream_url[128];
    struct loopback *server;
    replicate_client *client;
};

/* The head stands before the body in the same buffer, and begins with the method and the path. */
static const char *header(const struct loopback_request *request, const char *name) {
    size_t method = strlen(request->method), path = strlen(request->path), length = strlen(name);
    const char *found = NULL;
    for (const char *at = request->body - 4;; at--) {
        if (strncasecmp(at, name, length) == 0 && at[length] == ':') found = at + length + 1 + (at[length + 1] == ' ');
        if (strncmp(at, request->method, method) == 0 && at[method] == ' ' && strncmp(at + method + 1, request->path, path) == 0) break;
    }
    return found;
}

static int add(int *count) { return __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST); }
static int now(int *count) { return __atomic_load_n(count, __ATOMIC_SEQ_CST); }

static char *stream_answer(const struct loopback_request *request, struct scene *scene) {
    int number = add(&scene->connections);
    const char *from = header(request, "Last-Event-ID");
    snprintf(scene->asked_from, sizeof scene->asked_from, "%.*s", from ? (int)strcspn(from, "\r") : 0, from ? from : "");
    if (header(request, "Authorization") != NULL) add(&scene->tokens_to_stream);
    usleep(scene->delay);
    if (scene->bulk != NULL) {
        char *bulk = scene->bulk;
        scene->bulk = NULL;
        return bulk;
    }
    while (number > 2 || (number > 0 && scene->streams[number] == NULL)) number--;
    const char *text = scene->streams[number];
    size_t room = strlen(text) + 128;
    char *answer = malloc(room);
    int used = snprintf(answer, room, HEAD, strlen(text) + (scene->stays_open ? 1000 : 0));
    memcpy(answer + used, text, strlen(text) + 1);
    return answer;
}

static char *play(const struct loopback_request *request, void *context) {
    struct scene *scene = context;
    char body[512], urls[256] = "";
    if (strcmp(request->path, "/v1/stream") == 0) return stream_answer(request, scene);
    if (header(request, "Authorization") != NULL) add(&scene->with_token);
    if (strstr(request->path, "/account") != NULL) return loopback_answer("{\"username\":\"u\"}");
    if (!scene->has_no_stream) snprintf(urls, sizeof urls, ",\"urls\":{\"stream\":\"%s\"}", scene->stream_url);
    const char *status = "\"status\":\"starting\"";
    if (strstr(request->path, "/cancel") != NULL) {
        add(&scene->cancels);
        status = "\"status\":\"canceled\"";
    } else if (strcmp(request->method, "POST") == 0) {
        add(&scene->creates);
        if (scene->is_silent) return NULL;
    } else {
        add(&scene->gets);
        if (scene->is_silent_to_get) return NULL;
        if (now(&scene->connections) > 0) status = scene->end ? scene->end : "\"status\":\"succeeded\",\"output\":[\"all\"]";
    }
    snprintf(body, sizeof body, "{\"id\":\"p\",%s%s}", status, urls);
    return loopback_answer(body);
}

static void open_scene(struct scene *scene, const char *name, const char *value) {
    scene->server = loopback_start(play, scene);
    snprintf(scene->stream_url, sizeof scene->stream_url, "%s/stream", loopback_url(scene->server));
    scene->client = client_of(loopback_url(scene->server), name, value);
}

static void close_scene(struct scene *scene) {
    CHECK(scene->creates == 0 || scene->with_token > 0);
    CHECK(scene->tokens_to_stream == 0);
    CHECK(replicate_client_pending(scene->client) == 0);
    replicate_client_free(scene->client);
    loopback_stop(scene->server);
}

static replicate_request *begin(struct scene *scene, replicate_config *options) {
    replicate_request *request = NULL;
    replicate_input *input = input_of("{\"prompt\":\"a fox\"}");
    CHECK(fine(replicate_stream(scene->client, "o/n", input, options, scene, &request)));
    replicate_input_free(input), replicate_config_free(options);
    return request;
}

static int comes(int *count, int expected) {
    for (int i = 0; i < 500 && now(count) < expected; i++) usleep(10000);
    return now(count) == expected;
}

/* ---- What came ---------------------------------------------------------------------------------------------------- */

/* The events as lines "type|id|data", and the last event, to be freed. */
struct seen {
    char text[2048];
    size_t used;
    int items, batches, updates, is_in_order;
    size_t first_bytes; /* of the first batch's data */
    replicate_event *last;
};

static void see_items(struct seen *seen, replicate_event *event, int is_bulk) {
    const char *type, *data, *id;
    size_t length, count = replicate_event_stream_count(event);
    seen->batches++;
    CHECK(count > 0 && replicate_event_error(event) == NULL && replicate_event_user_data(event) != NULL);
    for (size_t i = 0; i < count; i++) {
        type = data = id = NULL, length = 9999999;
        if (!CHECK(replicate_event_stream_item(event, i, &type, &data, &length, &id) == 1)) return;
        CHECK(data[length] == '\0' && strlen(data) == length);
        if (seen->batches == 1) seen->first_bytes += length;
        if (is_bulk) {
            int right = strcmp(type, "done") == 0 || (atoi(data) == seen->items && atoi(id) == seen->items);
            if (!right) seen->is_in_order = 0;
        } else {
            int wrote = snprintf(seen->text + seen->used, sizeof seen->text - seen->used, "%s|%s|%s\n", type, id, data);
            seen->used += (size_t)wrote;
        }
        seen->items++;
    }
    type = data = id = NULL, length = 7;
    CHECK(replicate_event_stream_item(event, count, &type, &data, &length, &id) == 0);
    CHECK(replicate_event_stream_item(event, SIZE_MAX, &type, &data, &length, &id) == 0);
    CHECK(type == NULL && data == NULL && id == NULL && length == 7);
    CHECK(replicate_event_stream_item(event, 0, NULL, NULL, NULL, NULL) == 1);
    CHECK(replicate_event_stream_item(event, 0, NULL, &data, NULL, NULL) == 1 && data != NULL && type == NULL);
    const char *again = NULL;
    CHECK(replicate_event_stream_item(event, 0, NULL, &again, NULL, NULL) == 1 && again == data); /* it stays where it is */
    CHECK(replicate_event_json(event, &length) == NULL && length == 0);
}

static struct seen see(replicate_client *client, int is_bulk) {
    struct seen seen = {.is_in_order = 1};
    while (seen.last == NULL) {
        replicate_event *event = NULL;
        if (!CHECK(fine(replicate_client_poll(client, 10000, &event)) && event != NULL)) break;
        int32_t kind = replicate_event_kind(event);
        if (kind == REPLICATE_EVENT_STREAM) see_items(&seen, event, is_bulk);
        if (kind == REPLICATE_EVENT_UPDATED) {
            CHECK(seen.items == 0 && replicate_event_stream_count(event) == 0);
            CHECK(strcmp(replicate_event_string(event, "/id", NULL), "p") == 0);
            seen.updates++;
        }
        if (kind == REPLICATE_EVENT_DONE || kind == REPLICATE_EVENT_FAILED) seen.last = event; else replicate_event_free(event);
    }
    return seen;
}

static int reads(struct seen *seen, const char *expected) {
    if (strcmp(seen->text, expected) == 0) return 1;
    fprintf(stderr, "  wanted\n%s  got\n%s", expected, seen->text);
    return 0;
}

static int succeeded(replicate_event *event) {
    const char *status = replicate_event_string(event, "/status", NULL), *output = replicate_event_string(event, "/output/0", NULL);
    int right = replicate_event_kind(event) == REPLICATE_EVENT_DONE && status && strcmp(status, "succeeded") == 0 && output &&
                strcmp(output, "all") == 0 && replicate_event_stream_count(event) == 0;
    if (!right) fprintf(stderr, "  %s\n", event ? replicate_error_text(replicate_event_error(event)) : "no event");
    replicate_event_free(event);
    return right;
}

static int failed(replicate_event *event, const char *kind, const char *word) {
    const replicate_error *error = replicate_event_error(event);
    const char *found = replicate_error_kind(error), *message = replicate_error_message(error);
    int right = found && strcmp(found, kind) == 0 && (word == NULL || strstr(message, word) != NULL);
    if (!right) fprintf(stderr, "  wanted %s, got %s: %s\n", kind, found ? found : "no error", message ? message : "");
    replicate_event_free(event);
    return right;
}

/* ---- The tests ---------------------------------------------------------------------------------------------------- */

static void items(void) {
    struct scene scene = {.streams = {
        ": hi\n\n" OUTPUT("1", "The") OUTPUT("2", " fox") OUTPUT("3", "one\ndata: two\ndata:")
        "event: output\ndata: \xc3\xa9\n\n" "data: plain\n\n" "event: own\r\ndata:crlf\r\n\r\n" "event: logs\nid: 4\ndata: \xff!\n\n"
        "event: output\ndata\n\n" DONE "event: output\ndata: too late\n\n"}};
    open_scene(&scene, NULL, NULL);
    replicate_request *request = begin(&scene, options_of("updates", "1"));
    struct seen seen = see(scene.client, 0);
    CHECK(reads(&seen, "output|1|The\noutput|2| fox\noutput|3|one\ntwo\n\noutput|3|\xc3\xa9\nmessage|3|plain\nown|3|crlf\n"
                       "logs|4|\xef\xbf\xbd!\noutput|4|\ndone|9|{}\n"));
    CHECK(seen.updates == 1 && replicate_event_is_of(seen.last, request) == 1 && succeeded(seen.last));
    CHECK(replicate_request_state(request) == 1 && scene.creates == 1 && scene.gets == 1 && scene.connections == 1);
    CHECK(scene.asked_from[0] == '\0' && scene.cancels == 0);
    replicate_request_free(request);
    replicate_request_free(begin(&scene, NULL));
    seen = see(scene.client, 0);
    CHECK(seen.updates == 0 && succeeded(seen.last));
    close_scene(&scene);

    replicate_event *freed = seen.last; /* by succeeded */
    const char *text = "untouched";
    size_t length = 7;
    CHECK(replicate_event_stream_count(freed) == 0 && replicate_event_stream_count(NULL) == 0);
    CHECK(replicate_event_stream_item(freed, 0, &text, &text, &length, &text) == 0);
    CHECK(replicate_event_stream_item(NULL, 0, &text, &text, &length, &text) == 0);
    CHECK(strcmp(text, "untouched") == 0 && length == 7);
}

static void of_predictions(void) {
    struct scene scene = {.streams = {OUTPUT("1", "a") DONE}};
    open_scene(&scene, NULL, NULL);
    CHECK(fine(replicate_predictions_stream(scene.client, "p", scene.stream_url, NULL, &scene, NULL)));
    struct seen seen = see(scene.client, 0);
    CHECK(reads(&seen, "output|1|a\ndone|9|{}\n") && succeeded(seen.last) && scene.gets == 1 && scene.connections == 1);
    scene.connections = scene.gets = 0;
    replicate_config *options = options_of("updates", "1");
    CHECK(fine(replicate_predictions_stream(scene.client, "p", NULL, options, &scene, NULL)));
    seen = see(scene.client, 0);
    CHECK(reads(&seen, "output|1|a\ndone|9|{}\n") && seen.updates == 1 && succeeded(seen.last));
    CHECK(scene.gets == 2 && scene.connections == 1 && scene.cancels == 0);
    replicate_config_free(options);
    CHECK(is_error(replicate_predictions_stream(scene.client, "a/b", NULL, NULL, NULL, NULL), "invalid_input", "id"));
    CHECK(fine(replicate_predictions_stream(scene.client, "p", "no URL", NULL, &scene, NULL)));
    seen = see(scene.client, 0);
    CHECK(failed(seen.last, "protocol", "stream"));
    close_scene(&scene);
}

/* The second connection begins behind the last event, at it, or from the beginning. */
static void resumed(void) {
    static const char *const rests[] = {OUTPUT("3", "c") DONE, OUTPUT("2", "b") OUTPUT("3", "c") DONE,
                                        OUTPUT("1", "a") OUTPUT("2", "b") OUTPUT("3", "c") DONE};
    for (int i = 0; i < 3; i++) {
        struct scene scene = {.streams = {OUTPUT("1", "a") OUTPUT("2", "b") "event: output\nid: 3\ndata: c", rests[i]}};
        open_scene(&scene, NULL, NULL);
        replicate_request_free(begin(&scene, NULL));
        struct seen seen = see(scene.client, 0);
        CHECK(reads(&seen, "output|1|a\noutput|2|b\noutput|3|c\ndone|9|{}\n") && succeeded(seen.last));
        CHECK(scene.connections == 2 && strcmp(scene.asked_from, "2") == 0);
        close_scene(&scene);
    }
}

static void truncated(void) {
    struct scene scene = {.streams = {"retry: 1\n\n" OUTPUT("1", "a"), OUTPUT("1", "a")}, .end = "\"status\":\"processing\""};
    open_scene(&scene, NULL, NULL);
    replicate_request_free(begin(&scene, NULL));
    struct seen seen = see(scene.client, 0);
    const replicate_error *error = replicate_event_error(seen.last);
    CHECK(reads(&seen, "output|1|a\n") && scene.connections == 6 && replicate_error_attempts(error) == 6);
    const char *prediction = replicate_error_prediction(error, NULL);
    CHECK(prediction != NULL && strstr(prediction, "processing") != NULL);
    CHECK(failed(seen.last, "truncated", NULL) && scene.cancels == 0);
    close_scene(&scene);

    struct scene empty = {.streams = {""}}; /* with the library's own pauses */
    open_scene(&empty, NULL, NULL);
    double start = seconds_now();
    replicate_request_free(begin(&empty, NULL));
    seen = see(empty.client, 0);
    CHECK(seconds_now() - start < 30 && seen.items == 0 && replicate_error_attempts(replicate_event_error(seen.last)) == 6);
    CHECK(failed(seen.last, "truncated", NULL) && empty.connections == 6);
    close_scene(&empty);
}

static void failures(void) {
    struct scene error = {.streams = {OUTPUT("1", "a") "event: error\nid: 2\ndata: {\"detail\": \"out of paint\"}\n\n" DONE},
                          .end = "\"status\":\"failed\",\"error\":\"out of paint\""};
    open_scene(&error, NULL, NULL);
    replicate_request_free(begin(&error, NULL));
    struct seen seen = see(error.client, 0);
    CHECK(strncmp(seen.text, "output|1|a\nerror|2|{\"detail\": \"out of paint\"}\n", 46) == 0);
    CHECK(failed(seen.last, "model_failed", "out of paint") && error.cancels == 0);
    close_scene(&error);

    struct scene at_end = {.streams = {DONE}, .end = "\"status\":\"failed\",\"error\":\"no brush\""};
    open_scene(&at_end, NULL, NULL);
    replicate_request_free(begin(&at_end, NULL));
    seen = see(at_end.client, 0);
    CHECK(seen.items == 1 && failed(seen.last, "model_failed", "no brush"));
    at_end.end = "\"status\":\"canceled\"";
    replicate_request_free(begin(&at_end, NULL));
    seen = see(at_end.client, 0);
    CHECK(replicate_event_kind(seen.last) == REPLICATE_EVENT_DONE);
    replicate_event_free(seen.last);
    close_scene(&at_end);

    struct scene none = {.has_no_stream = 1};
    open_scene(&none, NULL, NULL);
    replicate_request_free(begin(&none, NULL));
    seen = see(none.client, 0);
    CHECK(seen.items == 0 && failed(seen.last, "invalid_input", "stream") && none.cancels == 1 && none.connections == 0);
    CHECK(fine(replicate_predictions_stream(none.client, "p", NULL, NULL, &none, NULL))); /* not made here: it goes on */
    seen = see(none.client, 0);
    CHECK(failed(seen.last, "invalid_input", "stream") && none.cancels == 1);
    /* With a fallback it is polled. */
    none.connections = 1, none.end = "\"status\":\"succeeded\",\"logs\":\"l\",\"output\":[\"a\",\"b\"]";
    replicate_request_free(begin(&none, options_of("fallback", "poll")));
    seen = see(none.client, 0);
    CHECK(strcmp(seen.text, "logs||l\noutput||a\noutput||b\ndone||{}\n") == 0);
    CHECK(seen.last != NULL && replicate_event_kind(seen.last) == REPLICATE_EVENT_DONE && none.cancels == 1);
    replicate_event_free(seen.last);
    replicate_config *wrong = NULL;
    CHECK(fine(replicate_config_new(&wrong)));
    replicate_error *refusal = replicate_config_set(wrong, "fallback", "push");
    CHECK(refusal != NULL && strstr(replicate_error_message(refusal), "fallback must be \"poll\"") != NULL);
    replicate_error_free(refusal);
    replicate_config_free(wrong);
    close_scene(&none);
}

/* Of a stream that has begun and does not end. */
static void canceled(int at_server, int of_prediction) {
    struct scene scene = {.streams = {OUTPUT("1", "a")}, .stays_open = 1};
    open_scene(&scene, NULL, NULL);
    replicate_config *options = options_of("cancel_prediction", at_server ? "1" : "0");
    replicate_request *request = NULL;
    if (of_prediction) {
        CHECK(fine(replicate_predictions_stream(scene.client, "p", scene.stream_url, options, &scene, &request)));
        replicate_config_free(options);
    } else {
        request = begin(&scene, options);
    }
    replicate_event *event = NULL;
    CHECK(fine(replicate_client_poll(scene.client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_STREAM);
    replicate_event_free(event);
    double start = seconds_now();
    CHECK(fine(replicate_request_cancel(request)));
    struct seen seen = see(scene.client, 0);
    CHECK(seconds_now() - start < 5 && replicate_error_delivery(replicate_event_error(seen.last)) == NULL);
    CHECK(replicate_error_prediction(replicate_event_error(seen.last), NULL) != NULL);
    CHECK(seen.items == 0 && failed(seen.last, "canceled", NULL) && replicate_request_state(request) == 2);
    if (at_server) CHECK(comes(&scene.cancels, 1)); else CHECK((usleep(200000), now(&scene.cancels) == 0));
    CHECK(fine(replicate_request_cancel(request)));
    replicate_request_free(request);
    close_scene(&scene);
}

static void canceled_create(int at_server) {
    struct scene scene = {.is_silent = 1};
    open_scene(&scene, NULL, NULL);
    replicate_request *request = begin(&scene, options_of("cancel_prediction", at_server ? "1" : "0"));
    CHECK(comes(&scene.creates, 1));
    double start = seconds_now();
    CHECK(fine(replicate_request_cancel(request)));
    replicate_event *event = NULL;
    CHECK(fine(replicate_client_poll(scene.client, 10000, &event)) && event != NULL);
    if (!CHECK(seconds_now() - start < 5)) fprintf(stderr, "  with cancel_prediction=%d\n", at_server);
    if (event != NULL) {
        const char *message = replicate_error_message(replicate_event_error(event));
        /* What is not to be canceled is not said to be. */
        CHECK((strstr(message, "the prediction is canceled") != NULL) == at_server);
        CHECK(failed(event, "canceled", NULL));
    }
    if (event == NULL) {
        CHECK(fine(replicate_client_close(scene.client)));
        failed(see(scene.client, 0).last, "canceled", NULL);
    }
    replicate_request_free(request);
    close_scene(&scene);
}

/* While the prediction is looked at, before its stream and after it. */
static void canceled_get(int is_after) {
    struct scene scene = {.streams = {DONE}, .is_silent_to_get = 1};
    open_scene(&scene, NULL, NULL);
    replicate_config *options = options_of("cancel_prediction", "1");
    replicate_request *request = NULL;
    const char *url = is_after ? scene.stream_url : NULL;
    CHECK(fine(replicate_predictions_stream(scene.client, "p", url, options, &scene, &request)));
    CHECK(comes(&scene.gets, 1) && scene.connections == is_after);
    CHECK(fine(replicate_request_cancel(request)));
    struct seen seen = see(scene.client, 0);
    CHECK(replicate_error_delivery(replicate_event_error(seen.last)) == NULL && failed(seen.last, "canceled", NULL));
    if (!CHECK(is_after || comes(&scene.cancels, 1))) fprintf(stderr, "  %d cancels\n", scene.cancels);
    replicate_config_free(options), replicate_request_free(request);
    close_scene(&scene);
}

/* After `done`, at the last look: what it would carry is not known. */
static void canceled_at_end(void) {
    struct scene scene = {.streams = {DONE}, .is_silent_to_get = 1};
    open_scene(&scene, NULL, NULL);
    replicate_request *request = begin(&scene, NULL);
    CHECK(comes(&scene.gets, 1) && fine(replicate_request_cancel(request)));
    struct seen seen = see(scene.client, 0);
    CHECK(seen.items == 1 && failed(seen.last, "canceled", NULL));
    replicate_request_free(request);
    close_scene(&scene);
}

static void deadline_and_close(void) {
    struct scene scene = {.streams = {OUTPUT("1", "a")}, .stays_open = 1};
    open_scene(&scene, NULL, NULL);
    replicate_config *options = options_of("cancel_prediction", "1");
    CHECK(fine(replicate_config_set(options, "timeout_ms", "300")));
    replicate_request_free(begin(&scene, options));
    struct seen seen = see(scene.client, 0);
    CHECK(seen.items == 1 && failed(seen.last, "timeout", NULL) && comes(&scene.cancels, 1));
    replicate_request_free(begin(&scene, NULL));
    replicate_event *event = NULL;
    CHECK(fine(replicate_client_poll(scene.client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_STREAM);
    replicate_event_free(event);
    CHECK(fine(replicate_client_close(scene.client)));
    seen = see(scene.client, 0);
    CHECK(failed(seen.last, "canceled", NULL));
    close_scene(&scene);
}

static int readable(int fd) {
    struct pollfd item = {fd, POLLIN, 0};
    return poll(&item, 1, 0) == 1;
}

static void held(void) {
    struct scene scene = {.streams = {OUTPUT("1", "a") OUTPUT("2", "b") DONE}, .delay = 50000};
    open_scene(&scene, NULL, NULL);
    replicate_event *event = NULL;
    replicate_request *other = NULL;
    int32_t fd = -1;
    CHECK(fine(replicate_client_fd(scene.client, &fd)) && fd >= 0);
    replicate_request *request = begin(&scene, options_of("updates", "1"));
    CHECK(fine(replicate_request_hold(request, 1)) && fine(replicate_request_hold(request, 1)));
    CHECK(fine(replicate_account_get(scene.client, NULL, NULL, &other)));
    CHECK(fine(replicate_client_poll(scene.client, 10000, &event)) && replicate_event_is_of(event, other) == 1);
    replicate_event_free(event), replicate_request_free(other);
    for (int i = 0; i < 500 && replicate_request_state(request) == 0; i++) usleep(10000);
    CHECK(replicate_request_state(request) == 1 && replicate_client_pending(scene.client) == 1 && !readable(fd));
    CHECK(fine(replicate_client_poll(scene.client, 0, &event)) && event == NULL);
    CHECK(fine(replicate_client_poll(scene.client, 20, &event)) && event == NULL);
    CHECK(fine(replicate_request_hold(request, 0)) && fine(replicate_request_hold(request, 0)) && readable(fd));
    CHECK(fine(replicate_request_hold(request, 1)) && !readable(fd)); /* of events that waited already */
    CHECK(fine(replicate_client_poll(scene.client, 0, &event)) && event == NULL);
    CHECK(fine(replicate_request_hold(request, 0)) && readable(fd));
    struct seen seen = see(scene.client, 0);
    CHECK(reads(&seen, "output|1|a\noutput|2|b\ndone|9|{}\n") && seen.updates == 1 && succeeded(seen.last) && !readable(fd));
    CHECK(fine(replicate_request_hold(request, 1)) && fine(replicate_request_hold(request, 0)) && !readable(fd));
    replicate_request_free(request);

    request = begin(&scene, NULL); /* found by fuzzing: of one that was freed while it was held, the last event never came */
    CHECK(fine(replicate_request_hold(request, 1)));
    replicate_request_free(request);
    seen = see(scene.client, 0);
    CHECK(reads(&seen, "output|1|a\noutput|2|b\ndone|9|{}\n") && succeeded(seen.last));
    CHECK(replicate_client_pending(scene.client) == 0);

    request = begin(&scene, NULL); /* replicate_request_wait names its request: it takes the event of a held one too, at once */
    CHECK(fine(replicate_request_hold(request, 1)));
    double start = seconds_now();
    CHECK(fine(replicate_request_wait(request, 30000, &event)) && event != NULL && succeeded(event));
    CHECK(seconds_now() - start < 15);
    CHECK(!readable(fd) && fine(replicate_client_poll(scene.client, 0, &event)) && event == NULL);
    replicate_request_free(request);
    close_scene(&scene);
}

/* ---- Megabytes ---------------------------------------------------------------------------------------------------- */

/* An answer of about so many bytes; the events are numbered in their ids and texts. */
static char *many(size_t bytes, int *events) {
    char *body = malloc(bytes + 512), head[128];
    size_t used = 0;
    for (*events = 0; used < bytes; ++*events)
        used += (size_t)sprintf(body + used, "event: output\nid: %d\ndata: %d %0*d\n\n", *events, *events, *events % 150 + 1, 0);
    used += (size_t)sprintf(body + used, DONE);
    int length = sprintf(head, HEAD, used);
    char *answer = malloc(used + (size_t)length + 1);
    memcpy(answer, head, (size_t)length);
    memcpy(answer + length, body, used + 1);
    free(body);
    return answer;
}

static void *wait_long(void *context) {
    replicate_event *event = NULL;
    CHECK(fine(replicate_request_wait(context, 60000, &event)));
    return event;
}

static void waited(void) {
    struct scene scene = {.streams = {DONE}};
    int events;
    scene.bulk = many(5 << 20, &events);
    open_scene(&scene, NULL, NULL);
    replicate_event *event = NULL;
    replicate_request *request = begin(&scene, options_of("updates", "1"));
    CHECK(fine(replicate_request_wait(request, 20000, &event)) && event != NULL && succeeded(event));
    CHECK(fine(replicate_client_poll(scene.client, 0, &event)) && event == NULL);
    replicate_request_free(request);

    scene.bulk = many(5 << 20, &events); /* full when the wait begins */
    request = begin(&scene, NULL);
    usleep(200000);
    CHECK(replicate_request_state(request) == 0);
    CHECK(fine(replicate_request_wait(request, 20000, &event)) && event != NULL && succeeded(event));
    replicate_request_free(request);

    scene.bulk = many(5 << 20, &events); /* two wait, and one of them gives up before the events come */
    scene.delay = 300000;
    request = begin(&scene, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, wait_long, request);
    usleep(50000);
    CHECK(fine(replicate_request_wait(request, 50, &event)) && event == NULL);
    void *got = NULL;
    pthread_join(thread, &got);
    if (!CHECK(got != NULL)) fine(replicate_request_wait(request, 20000, (replicate_event **)&got));
    CHECK(succeeded(got));
    replicate_request_free(request);
    close_scene(&scene);
}

static void held_back(void) {
    struct scene scene = {.streams = {DONE}};
    int events;
    scene.bulk = many(20 << 20, &events); /* in memory before it is measured */
    open_scene(&scene, "idle_timeout_ms", "400"); /* it is not the server that is silent */
    replicate_event *event = NULL;
    CHECK(fine(replicate_account_get(scene.client, NULL, NULL, NULL)) && fine(replicate_client_poll(scene.client, 10000, &event)));
    replicate_event_free(event);
    size_t before = resident_kib(), most = 0;
    replicate_request *request = begin(&scene, NULL);
    for (int i = 0; i < 120; i++) {
        usleep(10000);
        size_t resident = resident_kib();
        if (resident > most) most = resident;
    }
    if (!CHECK(most < before + 8 * 1024)) fprintf(stderr, "  %zu KiB before, %zu then\n", before, most);
    CHECK(replicate_request_state(request) == 0 && now(&scene.gets) == 0);
    struct seen seen = see(scene.client, 1);
    CHECK(seen.is_in_order && seen.items == events + 1 && seen.batches > 10 && succeeded(seen.last));
    CHECK(seen.first_bytes > 256 << 10 && seen.first_bytes < 2 << 20 && scene.connections == 1);
    replicate_request_free(request);

    scene.bulk = many(20 << 20, &events); /* a stream that stands still can be canceled, */
    request = begin(&scene, NULL);
    CHECK(fine(replicate_request_hold(request, 1)));
    usleep(200000);
    CHECK(fine(replicate_request_cancel(request)) && fine(replicate_request_hold(request, 0)));
    double start = seconds_now();
    seen = see(scene.client, 1);
    CHECK(seconds_now() - start < 30 && seen.is_in_order && seen.batches > 0 && failed(seen.last, "canceled", NULL));
    replicate_request_free(request);
    close_scene(&scene);

    struct scene left = {.streams = {DONE}}; /* and left behind */
    left.bulk = many(20 << 20, &events);
    open_scene(&left, NULL, NULL);
    replicate_request_free(begin(&left, NULL));
    usleep(200000);
    replicate_client_free(left.client);
    loopback_stop(left.server);
}

int main(void) {
    items();
    of_predictions();
    resumed();
    truncated();
    failures();
    for (int i = 0; i < 4; i++) canceled(i & 1, i >> 1);
    canceled_create(0);
    canceled_create(1);
    canceled_get(0);
    canceled_get(1);
    canceled_at_end();
    deadline_and_close();
    held();
    waited();
    held_back();
    CHECK(threads_fall_to("replicate-net", 0) && threads_fall_to(NULL, 1));
    return check_done("stream");
}
