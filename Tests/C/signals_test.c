/* Proves: loading the library, a client, a run, its end, and unloading change no signal's disposition and not the mask of
   the calling thread, not even for a moment (this program stands in for sigaction and counts); also with Swift's crash catcher asked for by SWIFT_BACKTRACE. Nothing here is linked with the
   library, so that "before" is before it came. */
#define _GNU_SOURCE
#include "check.h"
#include "loopback.h"
#include "process.h"

#include <dlfcn.h>
#include <replicate.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel has it, so that the two signals which the C library hides are seen as well. */
struct disposition {
    unsigned long handler, flags, restorer, mask;
};

struct signals {
    struct disposition of[65];
    unsigned long blocked;
};

static struct signals look(void) {
    struct signals now;
    memset(&now, 0, sizeof now);
    for (int number = 1; number <= 64; number++) CHECK(syscall(SYS_rt_sigaction, number, NULL, &now.of[number], 8) == 0);
    for (int number = 1; number <= 64; number++) { /* what the C library adds for itself */
        now.of[number].flags &= ~0x04000000ul;
        now.of[number].restorer = 0;
    }
    CHECK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now.blocked, 8) == 0);
    return now;
}

static void same(const struct signals *before, const char *when) {
    struct signals now = look();
    for (int number = 1; number <= 64; number++) {
        if (!CHECK(memcmp(&before->of[number], &now.of[number], sizeof now.of[number]) == 0)) fprintf(stderr, "  signal %d %s\n", number, when);
    }
    if (!CHECK(before->blocked == now.blocked)) fprintf(stderr, "  the mask %s\n", when);
}

/* libcurl, told nothing, ignores SIGPIPE while it closes a handle: for the whole process, and two clients that do so at
   once leave it ignored for ever. So no call of sigaction that changes anything may come from the library. */
static int changes;

int sigaction(int number, const struct sigaction *action, struct sigaction *old) {
    int (*next)(int, const struct sigaction *, struct sigaction *);
    *(void **)&next = dlsym(RTLD_NEXT, "sigaction");
    if (action != NULL) __atomic_add_fetch(&changes, 1, __ATOMIC_SEQ_CST);
    return next(number, action, old);
}

static void own_handler(int number) { (void)number; }

#define GET(name) __typeof__(&name) my_##name; *(void **)&my_##name = dlsym(library, #name); CHECK(my_##name != NULL)

static void once(const struct signals *before, const char *path, const char *url) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!CHECK(library != NULL)) {
        fprintf(stderr, "  %s\n", dlerror());
        return;
    }
    same(before, "after dlopen");
    GET(replicate_config_new);
    GET(replicate_config_set);
    GET(replicate_config_free);
    GET(replicate_client_new);
    GET(replicate_client_poll);
    GET(replicate_client_free);
    GET(replicate_input_new);
    GET(replicate_input_free);
    GET(replicate_run);
    GET(replicate_event_kind);
    GET(replicate_event_free);
    replicate_config *config = NULL;
    replicate_client *client = NULL;
    replicate_input *input = NULL;
    replicate_event *event = NULL;
    CHECK(my_replicate_config_new(&config) == NULL && my_replicate_config_set(config, "base_url", url) == NULL);
    CHECK(my_replicate_config_set(config, "auth", "r8_CANARYq7Zk2VxW9mT4sB6nLhYdR") == NULL && my_replicate_client_new(config, &client) == NULL);
    same(before, "after replicate_client_new");
    CHECK(my_replicate_input_new("{}", 2, &input) == NULL);
    CHECK(my_replicate_run(client, "o/n", input, NULL, NULL, NULL) == NULL);
    CHECK(my_replicate_client_poll(client, 10000, &event) == NULL && my_replicate_event_kind(event) == REPLICATE_EVENT_DONE);
    same(before, "after a run");
    my_replicate_event_free(event);
    CHECK(my_replicate_run(client, "o/n", input, NULL, NULL, NULL) == NULL);
    my_replicate_client_free(client);
    my_replicate_input_free(input);
    CHECK(threads_fall_to("replicate-net", 0)); /* it cleans up after the free */
    CHECK(my_replicate_client_new(config, &client) == NULL); /* and one that is never used */
    my_replicate_client_free(client);
    CHECK(threads_fall_to("replicate-net", 0));
    my_replicate_config_free(config);
    same(before, "after free");
    CHECK(dlclose(library) == 0);
    same(before, "after dlclose");
    library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    CHECK(library != NULL); /* NODELETE: it stays */
    if (library != NULL) dlclose(library);
}

int main(void) {
    const char *path = getenv("REPLICATE_TEST_LIBRARY");
    if (!CHECK(path != NULL)) return 1;
    /* A thread before the first look: the C library installs a handler of its own with the first one. */
    struct loopback *server = loopback_start(loopback_echo, NULL);
    struct signals before = look();
    CHECK(dlopen(path, RTLD_NOW | RTLD_NOLOAD) == NULL);
    once(&before, path, loopback_url(server));

    /* And a host that has handlers keeps them. */
    static const int own[] = {SIGINT, SIGCHLD, SIGSEGV, SIGPIPE, SIGABRT, SIGTERM};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        struct sigaction action = {.sa_handler = own_handler};
        CHECK(sigaction(own[i], &action, NULL) == 0);
    }
    before = look();
    once(&before, path, loopback_url(server));
    int all = __atomic_load_n(&changes, __ATOMIC_SEQ_CST);
    if (!CHECK(all == 6)) fprintf(stderr, "  %d calls of sigaction besides this test's own\n", all - 6);
    loopback_stop(server);
    return check_done("signals");
}
