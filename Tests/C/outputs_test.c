/* Proves: the files of an output are told from texts; they come into memory, into a file or in pieces, data: URIs without a
   request; the token goes with none of it, also not to the API's own origin; pieces come in order and once, and a reader who
   takes none holds the server back; all files of an output are saved under safe names, several at a time; and what is canceled
   or fails leaves what was there. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/replicate-outputs-XXXXXX";

/* ---- A server, which writes down what it was told ------------------------------------------------------------------ */

struct scene {
    char *bulk;          /* the content of /bulk */
    size_t bulk_length;
    useconds_t delay;    /* before an answer to /slow */
    int secrets, ranges; /* requests with the token or a header of the caller's; with a Range */
    struct loopback *server;
    replicate_client *client;
    replicate_config *options;
};

/* The head stands before the body in the same buffer. */
static int head_has(const struct loopback_request *request, const char *text) {
    size_t method = strlen(request->method), path = strlen(request->path), length = strlen(text);
    for (const char *at = request->body - 4;; at--) {
        if (strncasecmp(at, text, length) == 0) return 1;
        if (strncmp(at, request->method, method) == 0 && at[method] == ' ' && strncmp(at + method + 1, request->path, path) == 0) return 0;
    }
}

static int add(int *count) { return __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST); }
static int now(int *count) { return __atomic_load_n(count, __ATOMIC_SEQ_CST); }

static char *play(const struct loopback_request *request, void *context) {
    struct scene *scene = context;
    const char *path = request->path;
    if (head_has(request, "authorization") || head_has(request, "x-canary") || head_has(request, "r8_")) add(&scene->secrets);
    int is_rest = head_has(request, "range: bytes=3-");
    if (is_rest) add(&scene->ranges);
    if (strncmp(path, "/slow", 5) == 0) usleep(scene->delay);
    if (strcmp(path, "/never") == 0) return NULL;
    if (strcmp(path, "/away") == 0) return strdup("HTTP/1.1 302 Found\r\nLocation: /v1/account\r\nContent-Length: 0\r\n\r\n");
    if (strcmp(path, "/circle") == 0) return strdup("HTTP/1.1 302 Found\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n");
    if (strcmp(path, "/ftp") == 0) return strdup("HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n");
    if (strcmp(path, "/gone") == 0) return strdup("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    if (strcmp(path, "/anew") == 0) return strdup("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
    if (strcmp(path, "/resumed") == 0 && is_rest)
        return strdup("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 3-5/6\r\nContent-Length: 3\r\n\r\ndef");
    if (strcmp(path, "/resumed") == 0) return strdup("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 6\r\n\r\nabc");
    if (strcmp(path, "/bulk") == 0) {
        char *answer = malloc(100 + scene->bulk_length);
        int head = snprintf(answer, 100, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", scene->bulk_length);
        memcpy(answer + head, scene->bulk, scene->bulk_length);
        *request->answer_length = (size_t)head + scene->bulk_length;
        return answer;
    }
    return strdup("HTTP/1.1 200 OK\r\nContent-Type: image/webp\r\nContent-Length: 5\r\n\r\nbytes");
}

static void open_scene(struct scene *scene, const char *name, const char *value) {
    memset(scene, 0, sizeof *scene);
    scene->server = loopback_start(play, scene);
    replicate_config *config = options_of("base_url", loopback_url(scene->server));
    CHECK(fine(replicate_config_set(config, "auth", CANARY_TOKEN)) && fine(replicate_config_set(config, "header.X-Canary", "1")));
    if (name != NULL) CHECK(fine(replicate_config_set(config, name, value)));
    CHECK(fine(replicate_client_new(config, &scene->client)));
    replicate_config_free(config);
    scene->options = options_of("header.X-Canary", "2");
}

static void close_scene(struct scene *scene) {
    CHECK(scene->secrets == 0 && replicate_client_pending(scene->client) == 0);
    replicate_client_free(scene->client), replicate_config_free(scene->options), loopback_stop(scene->server);
}

/* An URL on the server, in one of four places. */
static const char *url(struct scene *scene, const char *path) {
    static char urls[4][128];
    static int next;
    char *place = urls[next++ % 4];
    const char *base = loopback_url(scene->server);
    snprintf(place, sizeof urls[0], "%.*s%s", (int)strlen(base) - 3, base, path);
    return place;
}

/* ---- What is in the folder ----------------------------------------------------------------------------------------- */

static const char *at(const char *name) {
    static char paths[4][128];
    static int next;
    char *place = paths[next++ % 4];
    snprintf(place, sizeof paths[0], "%s/%s", folder, name);
    return place;
}

static void put(const char *name, const char *text) {
    FILE *file = fopen(at(name), "wb");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static int holds(const char *name, const char *text) {
    char found[64] = "";
    FILE *file = fopen(at(name), "rb");
    if (file == NULL) return text == NULL;
    size_t length = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    return text != NULL && length == strlen(text) && memcmp(found, text, length) == 0;
}

/* How many files there are. Counts those that somebody else could read while they are written. */
static int files(int *readable) {
    int count = 0;
    DIR *open = opendir(folder);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        struct stat status;
        if (entry->d_name[0] == '.' && strstr(entry->d_name, ".part") == NULL) continue;
        count++;
        int is_part = strstr(entry->d_name, ".part") != NULL && stat(at(entry->d_name), &status) == 0;
        if (readable != NULL && is_part && (status.st_mode & 0777) != 0600) ++*readable;
    }
    closedir(open);
    return count;
}

static void empty(void) {
    DIR *open = opendir(folder);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) unlink(at(entry->d_name));
    closedir(open);
}

/* ---- Tests --------------------------------------------------------------------------------------------------------- */

static void told_from_texts(void) {
    replicate_client *secure = client_of("https://api.replicate.com/v1", NULL, NULL), *plain = client_of("http://127.0.0.1:9/v1", NULL, NULL);
    static const struct { const char *text; int secure, plain; } rows[] = {
        {"https://replicate.delivery/a/out-0.webp", 1, 1}, {"data:image/png;base64,iVBORw==", 1, 1}, {"http://127.0.0.1/x", 0, 1},
        {"https: is how it begins", 0, 0}, {"https://h/x and more", 0, 0}, {"https://me@h/x", 0, 0}, {"data: is plural", 0, 0},
        {"file:///etc/passwd", 0, 0}, {"ftp://h/x", 0, 0}, {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(replicate_is_file(secure, rows[i].text, strlen(rows[i].text)) == rows[i].secure);
        CHECK(replicate_is_file(plain, rows[i].text, strlen(rows[i].text)) == rows[i].plain);
        if (rows[i].plain) continue;
        CHECK(is_error(replicate_download(plain, rows[i].text, NULL, NULL, NULL, NULL), "invalid_input", "url"));
    }
    CHECK(is_error(replicate_download(secure, "http://h/x", NULL, NULL, NULL, NULL), "invalid_input", "an https URL"));
    CHECK(replicate_is_file(plain, "https://h/x\0y", 13) == 0 && replicate_is_file(plain, "https://h/xy", 11) == 1);
    replicate_config *options = options_of("chunks", "1");
    CHECK(is_error(replicate_download(plain, "https://h/x", "/tmp/x", options, NULL, NULL), "invalid_input", "chunks"));
    CHECK(replicate_client_pending(plain) == 0 && replicate_client_pending(secure) == 0);
    replicate_config_free(options), replicate_client_free(secure), replicate_client_free(plain);
}

static replicate_event *fetched(struct scene *scene, const char *where, const char *path) {
    CHECK(fine(replicate_download(scene->client, where, path, scene->options, NULL, NULL)));
    return last_event(scene->client, NULL, NULL, NULL);
}

static int came(replicate_event *event, const char *bytes, const char *type) {
    size_t length = 0;
    const char *found = replicate_event_bytes(event, &length), *its_type = replicate_event_string(event, "/content_type", NULL);
    int is_right = replicate_event_kind(event) == REPLICATE_EVENT_DONE && its_type != NULL && strcmp(its_type, type) == 0;
    is_right = is_right && (bytes == NULL ? found == NULL : found != NULL && length == strlen(bytes) && memcmp(found, bytes, length) == 0);
    replicate_event_free(event);
    return is_right;
}

static void downloads(void) {
    struct scene scene;
    open_scene(&scene, "max_retries", "0");
    CHECK(came(fetched(&scene, "data:image/png;base64,cGl4ZWxz", NULL), "pixels", "image/png"));
    CHECK(came(fetched(&scene, "data:image/png;base64,cGl4ZWxz", at("x.png")), NULL, "image/png") && holds("x.png", "pixels"));
    CHECK(loopback_requests(scene.server) == 0);
    CHECK(came(fetched(&scene, url(&scene, "/v1/x"), NULL), "bytes", "image/webp"));
    CHECK(came(fetched(&scene, url(&scene, "/away"), at("y")), NULL, "image/webp") && holds("y", "bytes"));
    CHECK(failed_with(fetched(&scene, url(&scene, "/gone"), at("y")), "not_found") && holds("y", "bytes"));
    CHECK(failed_with(fetched(&scene, url(&scene, "/ftp"), at("y")), "protocol") && holds("y", "bytes"));
    CHECK(failed_with(fetched(&scene, url(&scene, "/circle"), at("z")), "protocol") && holds("z", NULL));
    CHECK(files(NULL) == 2);
    empty(), close_scene(&scene);
}

/* Takes the pieces of a request; gives its last event. */
static replicate_event *pieces(replicate_client *client, char *text, size_t size, size_t *used, int *count, size_t *largest) {
    replicate_event *event = NULL;
    *used = 0, *count = 0;
    while (CHECK(fine(replicate_client_poll(client, 20000, &event)) && event != NULL)) {
        if (replicate_event_kind(event) != REPLICATE_EVENT_CHUNK) break;
        size_t length = 0;
        const void *bytes = replicate_event_bytes(event, &length);
        if (!CHECK(bytes != NULL && length > 0 && *used + length <= size && replicate_event_json(event, NULL) == NULL)) break;
        memcpy(text + *used, bytes, length);
        *used += length, *count += 1;
        if (largest != NULL && length > *largest) *largest = length;
        replicate_event_free(event);
    }
    return event;
}

static void chunks(void) {
    struct scene scene;
    char text[64];
    size_t used;
    int count;
    open_scene(&scene, "idle_timeout_ms", "300");
    CHECK(fine(replicate_config_set(scene.options, "chunks", "1")));
    const struct { const char *where, *text, *kind; } rows[] = {
        {url(&scene, "/x"), "bytes", NULL}, {"data:,in%20it", "in it", NULL}, {url(&scene, "/resumed"), "abcdef", NULL},
        {url(&scene, "/gone"), "", "not_found"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(fine(replicate_download(scene.client, rows[i].where, NULL, scene.options, NULL, NULL)));
        replicate_event *event = pieces(scene.client, text, sizeof text, &used, &count, NULL);
        CHECK(used == strlen(rows[i].text) && memcmp(text, rows[i].text, used) == 0);
        if (rows[i].kind != NULL) CHECK(failed_with(event, rows[i].kind));
        else CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE && replicate_event_bytes(event, NULL) == NULL), replicate_event_free(event);
    }
    CHECK(now(&scene.ranges) == 1);
    CHECK(fine(replicate_download(scene.client, url(&scene, "/anew"), NULL, scene.options, NULL, NULL)));
    CHECK(failed_with(pieces(scene.client, text, sizeof text, &used, &count, NULL), "truncated") && used == 3 && memcmp(text, "abc", 3) == 0);
    close_scene(&scene);
}

static void held_back(void) {
    struct scene scene;
    size_t size = 48 << 20, used, largest = 0, before, most = 0;
    int count;
    char *got = malloc(size);
    open_scene(&scene, "idle_timeout_ms", "400"); /* it is not the server that is silent */
    CHECK(fine(replicate_config_set(scene.options, "chunks", "1")));
    scene.bulk = malloc(size), scene.bulk_length = size;
    uint64_t state = 7;
    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint64_t word = next_random(&state);
        memcpy(scene.bulk + i, &word, 8);
    }
    memset(got, 1, size);
    replicate_request *request = NULL;
    CHECK(fine(replicate_download(scene.client, url(&scene, "/bulk"), NULL, scene.options, NULL, &request)));
    CHECK(loopback_await(scene.server, 1));
    usleep(300000); /* the server's copy is there */
    before = resident_kib();
    for (int i = 0; i < 80; i++) {
        usleep(10000);
        size_t resident = resident_kib();
        if (resident > most) most = resident;
    }
    if (!CHECK(most < before + 4 * 1024)) fprintf(stderr, "  %zu KiB before, %zu then\n", before, most);
    CHECK(replicate_request_state(request) == 0);
    replicate_event *event = pieces(scene.client, got, size, &used, &count, &largest);
    CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE && used == size && memcmp(got, scene.bulk, size) == 0);
    if (!CHECK(largest < 2 << 20 && resident_kib() < before + 8 * 1024)) fprintf(stderr, "  %zu, %zu KiB\n", largest, resident_kib());
    replicate_event_free(event), replicate_request_free(request);

    /* A reader who leaves: the transfer ends, and its connection with it. */
    CHECK(fine(replicate_download(scene.client, url(&scene, "/bulk"), NULL, scene.options, NULL, &request)));
    CHECK(fine(replicate_client_poll(scene.client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_CHUNK);
    replicate_event_free(event);
    CHECK(fine(replicate_request_hold(request, 1)) && fine(replicate_request_cancel(request)) && fine(replicate_request_hold(request, 0)));
    CHECK(failed_with(pieces(scene.client, got, size, &used, &count, NULL), "canceled") && used < 8 << 20);
    replicate_request_free(request);

    /* Who waits for the end alone needs none of the pieces. */
    CHECK(fine(replicate_download(scene.client, url(&scene, "/bulk"), NULL, scene.options, NULL, &request)));
    CHECK(fine(replicate_request_wait(request, 20000, &event)) && event != NULL && replicate_event_kind(event) == REPLICATE_EVENT_DONE);
    replicate_event_free(event), replicate_request_free(request);
    close_scene(&scene);
    free(scene.bulk), free(got);
}

static void save(struct scene *scene, const char *json, const char *prefix, replicate_request **request) {
    CHECK(fine(replicate_outputs_save(scene->client, json, strlen(json), folder, prefix, scene->options, NULL, request)));
}

static void saved(void) {
    struct scene scene;
    char json[4096];
    open_scene(&scene, "max_retries", "0");
    snprintf(json, sizeof json, "{\"images\":[\"%s\",\"%s\"],\"text\":\"https: no\",\"icon\":\"data:image/png;base64,eA==\"}",
             url(&scene, "/a/fox.png"), url(&scene, "/%2e%2e%2f%2e%2e%2fFox.png"));
    save(&scene, json, "p1", NULL);
    replicate_event *event = last_event(scene.client, NULL, NULL, NULL);
    CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE && replicate_event_count(event, "") == 3);
    CHECK(strcmp(replicate_event_string(event, "/0/pointer", NULL), "/images/0") == 0);
    CHECK(strcmp(replicate_event_string(event, "/0/path", NULL), at("p1-fox.png")) == 0);
    CHECK(strcmp(replicate_event_string(event, "/2/pointer", NULL), "/icon") == 0);
    CHECK(holds("p1-fox.png", "bytes") && holds("p1-_.._Fox.png", "bytes") && holds("p1-output-2.png", "x") && files(NULL) == 3);
    replicate_event_free(event), empty();

    /* One that fails, with an old file in its place. */
    put("gone", "old");
    snprintf(json, sizeof json, "[\"%s\",\"%s\",\"data:,z\"]", url(&scene, "/gone"), url(&scene, "/ok.png"));
    save(&scene, json, NULL, NULL);
    event = last_event(scene.client, NULL, NULL, NULL);
    const replicate_error *error = replicate_event_error(event);
    CHECK(error != NULL && strcmp(replicate_error_kind(error), "not_found") == 0);
    CHECK(error != NULL && strstr(replicate_error_message(error), "/0 was not saved as gone") != NULL);
    CHECK(holds("gone", "old") && holds("ok.png", "bytes") && holds("output-2.txt", "z") && files(NULL) == 3);
    replicate_event_free(event), empty(), close_scene(&scene);
}

/* Some are whole and some never come when it is canceled, or when its time is over. */
static void saving_ends(int by_deadline) {
    struct scene scene;
    char json[4096] = "[\"data:,whole\"";
    int readable = 0;
    open_scene(&scene, NULL, NULL);
    for (int i = 0; i < 20; i++) {
        strcat(json, ",\""), strcat(json, url(&scene, "/never")), strcat(json, "\"");
    }
    strcat(json, "]");
    replicate_request *request = NULL;
    if (by_deadline) CHECK(fine(replicate_config_set(scene.options, "timeout_ms", "500")));
    save(&scene, json, NULL, &request);
    CHECK(loopback_await(scene.server, 8)); /* the first one has made room for the last of these */
    files(&readable);
    CHECK(thread_count(NULL) == 3); /* this one, the server's, the client's */
    CHECK(readable == 0 && loopback_requests(scene.server) <= 8);
    if (!by_deadline) CHECK(fine(replicate_request_cancel(request)));
    CHECK(failed_with(last_event(scene.client, NULL, NULL, NULL), by_deadline ? "timeout" : "canceled"));
    CHECK(holds("output-0.txt", "whole") && files(NULL) == 1);
    replicate_request_free(request), empty(), close_scene(&scene);
}

int main(void) {
    CHECK(mkdtemp(folder) != NULL);
    told_from_texts();
    downloads();
    chunks();
    held_back();
    saved();
    saving_ends(0), saving_ends(1);
    rmdir(folder);
    return check_done("outputs");
}
