/* Proves (R18): a process that forks, without exec, while calls run and other threads are inside of the library, does no harm: in
   the child every function of the header returns at once, what would need the network with an error that says why, and the child
   ends as it should; and the parent goes on. A child for each function: alarm() is the judge of those that hang.
   Usage: fork_test quick | long. Tests/Faults/run fails if the header has a function that is not named here. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static replicate_client *client;
static replicate_config *config, *options;
static replicate_input *input;
static replicate_file *file;
static replicate_request *request, *r;
static replicate_event *done, *failed, *streamed, *e;
static const replicate_error *borrowed;
static replicate_error *owned;
static lua_State *L;
static char path[64];
static int32_t regular; /* the descriptor of a file */

static void ignore(const replicate_event *event, void *context) { (void)event, (void)context; }

/* That of a function which cannot do its work in a child. */
static int refused(replicate_error *error) {
    const char *kind = replicate_error_kind(error), *message = replicate_error_message(error);
    int is_right = error != NULL && kind != NULL && strcmp(kind, "internal") == 0 && message != NULL && strstr(message, "fork") != NULL;
    if (!is_right) fprintf(stderr, "  %s: %s\n", kind != NULL ? kind : "no error", message != NULL ? message : "");
    replicate_error_free(error);
    return is_right;
}

/* That of a function which may do its work in a child, or say that it does not. */
static int either(replicate_error *error) {
    return error == NULL || refused(error);
}

static int in_lua(const char *script) {
    if (luaL_dostring(L, script) == 0) return 1;
    fprintf(stderr, "  %s\n", lua_tostring(L, -1));
    return 0;
}

#define ROW(name, expression) static int row_##name(void) { int32_t i32 = 0; int64_t i64 = 0; double number = 0; size_t size = 0; \
    char signature[REPLICATE_SIGNATURE_SIZE]; const char *text = NULL; replicate_config *c = NULL; replicate_input *i = NULL; \
    replicate_file *f = NULL; replicate_client *n = NULL; (void)i32, (void)i64, (void)number, (void)size, (void)signature, (void)text; \
    (void)c, (void)i, (void)f, (void)n; return expression; }
#define REFUSED(name, ...) ROW(name, refused(replicate_##name(__VA_ARGS__)))
#define OPERATION(name, ...) REFUSED(name, client, __VA_ARGS__ options, NULL, &r)
#define EITHER(name, ...) ROW(name, either(replicate_##name(__VA_ARGS__)))
#define ANY(name, ...) ROW(name, ((void)replicate_##name(__VA_ARGS__), 1))
#define NOTHING(name, ...) ROW(name, (replicate_##name(__VA_ARGS__), 1))
#include "fork_rows.h"
#undef REFUSED
#undef OPERATION
#undef EITHER
#undef ANY
#undef NOTHING
#undef ROW

#define ROW(name, expression) {#name, row_##name},
#define REFUSED(name, ...) ROW(name, )
#define OPERATION(name, ...) ROW(name, )
#define EITHER(name, ...) ROW(name, )
#define ANY(name, ...) ROW(name, )
#define NOTHING(name, ...) ROW(name, )
static const struct { const char *name; int (*run)(void); } rows[] = {
#include "fork_rows.h"
};
enum { ROWS = sizeof rows / sizeof *rows };

/* ---- The parent, meanwhile: threads that are inside of the library all the time */

static volatile int is_over;

static void *poll_always(void *own) {
    while (!is_over) {
        replicate_event *event = NULL;
        replicate_error_free(replicate_predictions_get(own, "i", NULL, NULL, NULL));
        replicate_error_free(replicate_client_poll(own, 10000, &event));
        CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE);
        replicate_event_free(event);
    }
    return NULL;
}

static void *make_always(void *ignored) {
    while (!is_over) {
        replicate_config *own = options_of("timeout_ms", "1000");
        replicate_input *one = input_of("{\"a\":[1,2,3]}");
        replicate_request *none = NULL;
        replicate_error_free(replicate_run(client, "nonsense", one, own, NULL, &none));
        replicate_input_free(one), replicate_config_free(own);
    }
    return ignored;
}

/* ---- The children */

static long children, hung, wrong, killed;

static void judge(const char *name, int status) {
    children++;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) hung++;
    else if (WIFSIGNALED(status)) killed++;
    else wrong++;
    fprintf(stderr, "%s in the child: %s %d\n", name, WIFSIGNALED(status) ? "signal" : "exit code",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* What the child does after its call: it ends at once, or as a program does, with what runs at its end. */
static int run_child(int row, int ends_at_once) {
    pid_t child = fork();
    if (child == 0) {
        alarm(5);
        int is_right = rows[row].run();
        if (ends_at_once) _exit(is_right ? 0 : 1);
        exit(is_right ? 0 : 1);
    }
    int status = 0;
    if (!CHECK(child > 0) || !CHECK(waitpid(child, &status, 0) == child)) return 0;
    judge(rows[row].name, status);
    return status == 0;
}

static char *answer(const struct loopback_request *request_of, void *context) {
    return strstr(request_of->path, "/slow") != NULL ? NULL : loopback_json(request_of, context);
}

static const char answer_json[] = "{\"id\":\"i\",\"status\":\"succeeded\",\"output\":\"x\",\"urls\":{}}";

static replicate_event *event_of(const char *id, const char *route) {
    replicate_event *event = NULL;
    if (route != NULL) CHECK(fine(replicate_call(client, "GET", route, NULL, 0, NULL, NULL, NULL)));
    else CHECK(fine(replicate_predictions_get(client, id, NULL, NULL, NULL)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && event != NULL);
    return event;
}

static const char script[] =
    "local replicate = require 'replicate'\n"
    "client = assert(replicate.new { auth = 'r8_CANARYq7Zk2VxW9mT4sB6nLhYdR', base_url = os.getenv 'FORK_URL' })\n"
    "request = client:request('/slow', function() end)\n"
    "stream = client:stream('slow/slow', { input = {} })\n"
    "file = client:file_output(os.getenv 'FORK_URL' .. '/slow'):chunks()\n"
    "client:poll()\n";

int main(int count, char **arguments) {
    int rounds = count > 1 && strcmp(arguments[1], "long") == 0 ? 40 : 1;
    struct loopback *server = loopback_start(answer, (void *)(uintptr_t)answer_json);
    setenv("FORK_URL", loopback_url(server), 1);
    snprintf(path, sizeof path, "/tmp/replicate-fork-%d", (int)getpid());
    client = client_of(loopback_url(server), "max_retries", "0");
    config = options_of("auth", "r8_CANARYq7Zk2VxW9mT4sB6nLhYdR"), options = options_of("timeout_ms", "60000");
    CHECK(fine(replicate_config_set(config, "base_url", loopback_url(server))));
    regular = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    input = input_of("{\"list\":[]}");
    CHECK(fine(replicate_file_of("bytes", 5, &file)));
    done = event_of("i", NULL), failed = event_of(NULL, "/a?%"), streamed = event_of("i", NULL);
    if (replicate_event_kind(failed) != REPLICATE_EVENT_FAILED) {
        replicate_config *brief = options_of("timeout_ms", "20");
        replicate_event_free(failed);
        CHECK(fine(replicate_call(client, "GET", "/slow", NULL, 0, brief, NULL, NULL)));
        CHECK(fine(replicate_client_poll(client, 10000, &failed)));
        replicate_config_free(brief);
    }
    borrowed = replicate_event_error(failed);
    CHECK(borrowed != NULL);
    owned = replicate_run(client, "nonsense", input, NULL, NULL, NULL);
    CHECK(owned != NULL);
    CHECK(fine(replicate_call(client, "GET", "/slow", NULL, 0, NULL, NULL, &request)));
    L = luaL_newstate();
    luaL_openlibs(L);
    CHECK(in_lua(script));

    size_t descriptors = descriptor_count();
    pthread_t threads[3];
    replicate_client *others[2];
    for (int i = 0; i < 2; i++) others[i] = client_of(loopback_url(server), NULL, NULL);
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, poll_always, others[i]);
    pthread_create(&threads[2], NULL, make_always, NULL);
    int is_clean[ROWS];
    memset(is_clean, 1, sizeof is_clean);
    for (int round = 0; round < rounds; round++) {
        for (int row = 0; row < ROWS && hung < 40; row++) {
            if (is_clean[row] && !run_child(row, round % 2)) is_clean[row] = 0;
        }
    }
    is_over = 1;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 2; i++) replicate_client_free(others[i]);
    CHECK(hung == 0);
    CHECK(killed == 0);
    CHECK(wrong == 0);

    /* And the parent goes on: what ran when it forked ends as it would have, and new calls work. */
    e = event_of("i", NULL);
    CHECK(replicate_event_kind(e) == REPLICATE_EVENT_DONE);
    CHECK(fine(replicate_request_cancel(request)) && fine(replicate_request_wait(request, 10000, &e)));
    CHECK(in_lua("assert(client.predictions:get('i').id == 'i'); stream:close(); file:close(); request:cancel(); client:loop()"));
    lua_close(L);
    CHECK(descriptors_fall_to(descriptors));
    replicate_client_free(client);
    CHECK(threads_fall_to("replicate-net", 0));
    loopback_stop(server);
    long bad = hung + killed + wrong;
    printf("row\tR18\tfork while calls run: every function in the child returns at once, and the child ends\t%ld children (%d functions, "
           "%ld hung, %ld killed, %ld wrong)\t%s\n", children, (int)ROWS, hung, killed, wrong, bad == 0 ? "ok" : "missed");
    return check_done("fork");
}
