/* Proves (R18), beside resets.py, whose server resets connections in the midst of uploads: no signal of that ends the process, and
   the host's own handlers of SIGPIPE, SIGCHLD and SIGINT stay, are called when the host's signals come, and at no other time.
   Usage: reset_host BASE_URL CA_FILE BYTES UPLOADS default|own. CA_FILE is "-" for none; `default` leaves SIGPIPE as it is, so that
   one that came would be the end. */
#define _GNU_SOURCE
#include "check.h"
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* As the kernel has it. */
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
    CHECK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now.blocked, 8) == 0);
    return now;
}

static volatile sig_atomic_t handled[65];

static void own_handler(int number) { handled[number]++; }

static void handle(int number) {
    struct sigaction action = {.sa_handler = own_handler, .sa_flags = SA_RESTART};
    CHECK(sigaction(number, &action, NULL) == 0);
}

static void *nothing(void *context) { return context; }

/* Until the request's last event. While it runs, the host gets its own SIGINT, and a child of its own ends. */
static int upload(replicate_client *client, const replicate_file *file, const char **kind, const char **delivery, int with_signals) {
    static char last_kind[32], last_delivery[32];
    replicate_config *options = options_of("updates", "1");
    CHECK(fine(replicate_files_create(client, file, NULL, 0, options, NULL, NULL)));
    replicate_config_free(options);
    int is_done = 0, updates = 0;
    for (;;) {
        replicate_event *event = NULL;
        if (!CHECK(fine(replicate_client_poll(client, 60000, &event))) || !CHECK(event != NULL)) exit(1);
        int32_t what = replicate_event_kind(event);
        if (what == REPLICATE_EVENT_UPDATED && updates++ == 0 && with_signals) {
            sig_atomic_t interrupts = handled[SIGINT], children = handled[SIGCHLD];
            CHECK(kill(getpid(), SIGINT) == 0);
            pid_t child = fork();
            if (child == 0) _exit(0);
            int status = 0;
            while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
            CHECK(handled[SIGINT] == interrupts + 1);
            CHECK(handled[SIGCHLD] == children + 1);
        }
        if (what == REPLICATE_EVENT_FAILED) {
            const replicate_error *error = replicate_event_error(event);
            const char *said = replicate_error_kind(error), *arrived = replicate_error_delivery(error);
            snprintf(last_kind, sizeof last_kind, "%s", said != NULL ? said : "");
            snprintf(last_delivery, sizeof last_delivery, "%s", arrived != NULL ? arrived : "");
            *kind = last_kind, *delivery = last_delivery;
        }
        is_done = what == REPLICATE_EVENT_DONE;
        int is_last = is_done || what == REPLICATE_EVENT_FAILED;
        replicate_event_free(event);
        if (is_last) return is_done;
    }
}

int main(int count, char **arguments) {
    if (count != 6) return 2;
    size_t size = strtoull(arguments[3], NULL, 10);
    int uploads = atoi(arguments[4]), is_own = strcmp(arguments[5], "own") == 0;
    if (is_own) handle(SIGPIPE);
    handle(SIGCHLD), handle(SIGINT);
    /* The C library has a handler of its own from the first thread on. */
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0);
    struct signals before = look();

    int has_authority = strcmp(arguments[2], "-") != 0;
    replicate_client *client = client_of(arguments[1], has_authority ? "ca_file" : NULL, arguments[2]);
    char *bytes = malloc(size);
    if (bytes == NULL) return 2;
    memset(bytes, 'x', size);
    replicate_file *from_memory = NULL, *from_disk = NULL;
    CHECK(fine(replicate_file_of(bytes, size, &from_memory)));
    char path[] = "/tmp/replicate-reset-XXXXXX";
    int descriptor = mkstemp(path);
    CHECK(descriptor >= 0 && ftruncate(descriptor, (off_t)size) == 0);
    CHECK(fine(replicate_file_at(path, &from_disk)));

    int failures = 0;
    for (int each = 0; each < uploads; each++) {
        const char *kind = "", *delivery = "";
        CHECK(!upload(client, each % 2 == 0 ? from_memory : from_disk, &kind, &delivery, 1));
        CHECK(strcmp(kind, "network") == 0);
        if (!CHECK(strcmp(delivery, "maybe_sent") == 0)) fprintf(stderr, "  %s, %s\n", kind, delivery);
        failures++;
        struct signals now = look();
        for (int number = 1; number <= 64; number++) {
            if (!CHECK(memcmp(&before.of[number], &now.of[number], sizeof now.of[number]) == 0)) fprintf(stderr, "  signal %d\n", number);
        }
        CHECK(before.blocked == now.blocked);
    }
    replicate_file_free(from_memory), replicate_file_free(from_disk), replicate_client_free(client);
    CHECK(threads_fall_to("replicate-net", 0));
    struct signals after = look();
    CHECK(memcmp(before.of, after.of, sizeof before.of) == 0);
    for (int number = 1; number <= 64; number++) {
        int due = number == SIGINT || number == SIGCHLD ? failures : 0;
        if (!CHECK(handled[number] == due)) fprintf(stderr, "  signal %d came %d times, not %d\n", number, (int)handled[number], due);
    }
    close(descriptor), unlink(path), free(bytes);
    printf("uploads: %d\n", failures);
    return check_done("reset_host");
}
