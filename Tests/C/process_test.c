/* Proves: a client is one thread, called replicate-net, which blocks every signal and is gone after free, with all its
   descriptors; a peer that resets while a body is sent does not kill the process by SIGPIPE; and four threads with clients
   of their own never get each other's answers. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, CALLS = 200, IN_FLIGHT = 20 };

static void threads(void) {
    struct loopback *server = loopback_start(loopback_endless, NULL);
    size_t before = thread_count(NULL), descriptors = descriptor_count();
    replicate_client *clients[3];
    replicate_input *input = input_of("{}");
    for (size_t i = 0; i < 3; i++) {
        clients[i] = client_of(loopback_url(server), "poll_interval_ms", "10");
        CHECK(thread_count(NULL) == before + i + 1);
    }
    for (int i = 0; i < 60; i++) CHECK(fine(replicate_run(clients[i % 3], "o/n", input, NULL, NULL, NULL)));
    CHECK(loopback_await(server, 600));
    CHECK(thread_count(NULL) == before + 3 && thread_count("replicate-net") == 3);
    uint64_t blocked = thread_bits(thread_named("replicate-net"), "SigBlk");
    for (int number = 1; number <= 64; number++) {
        if (number == SIGKILL || number == SIGSTOP || number == 32 || number == 33) continue; /* the kernel's, the C library's */
        CHECK(blocked >> (number - 1) & 1);
    }
    CHECK(thread_bits(thread_named("replicate-net"), "SigCgt") == thread_bits(thread_named("process"), "SigCgt"));
    for (size_t i = 0; i < 3; i++) {
        replicate_client_free(clients[i]);
        CHECK(threads_fall_to("replicate-net", 2 - i));
    }
    CHECK(threads_fall_to(NULL, before));
    CHECK(descriptors_fall_to(descriptors)); /* the server's ends, too */
    replicate_input_free(input);
    loopback_stop(server);
}

/* Clients that come and go, used or not, leave nothing. */
static void churn(void) {
    struct loopback *server = loopback_start(loopback_echo, NULL);
    size_t before = thread_count(NULL), descriptors = descriptor_count();
    for (int i = 0; i < 100; i++) {
        replicate_client *client = client_of(loopback_url(server), NULL, NULL);
        int32_t fd;
        if (i % 2) CHECK(fine(replicate_client_fd(client, &fd)));
        if (i % 3) CHECK(fine(replicate_predictions_get(client, "i", NULL, NULL, NULL)));
        replicate_client_free(client);
    }
    CHECK(threads_fall_to(NULL, before) && descriptors_fall_to(descriptors));
    loopback_stop(server);
}

static void resets(void) {
    struct sigaction action;
    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    size_t size = 8 << 20, length = size + 8;
    char *json = malloc(length + 1);
    memcpy(json, "{\"a\":\"", 6);
    memset(json + 6, 'x', size);
    memcpy(json + 6 + size, "\"}", 3);
    replicate_input *input = input_of(json);
    free(json);
    static const size_t reads[] = {1, 1000, 100000, 1000000};
    for (size_t i = 0; i < 12; i++) {
        struct loopback *server = loopback_start_resetting(reads[i % 4]);
        replicate_client *client = client_of(loopback_url(server), "max_retries", "0");
        replicate_event *event = NULL;
        CHECK(fine(replicate_predictions_create(client, "v", input, NULL, NULL, NULL)));
        CHECK(fine(replicate_client_poll(client, 20000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_FAILED);
        const replicate_error *error = replicate_event_error(event);
        CHECK(error != NULL && strcmp(replicate_error_kind(error), "network") == 0);
        const char *delivery = replicate_error_delivery(error);
        CHECK(delivery != NULL && strcmp(delivery, "maybe_sent") == 0 && replicate_error_attempts(error) == 1);
        replicate_event_free(event);
        if (i % 2) replicate_client_free(client);
        loopback_stop(server);
        if (i % 2 == 0) replicate_client_free(client);
    }
    replicate_input_free(input);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
}

struct job {
    const char *url, *model, *pointer;
    int number;
};

/* Each call sends a text of its own, and wants that text back under its own user_data. */
static void *call_many(void *argument) {
    const struct job *job = argument;
    replicate_client *client = client_of(job->url, "poll_interval_ms", "10");
    char texts[CALLS][32];
    int started = 0, ended[CALLS] = {0};
    while (started < CALLS || replicate_client_pending(client) > 0) {
        if (started < CALLS && replicate_client_pending(client) < IN_FLIGHT) {
            char json[64];
            snprintf(texts[started], sizeof texts[started], "%d-%d", job->number, started);
            snprintf(json, sizeof json, "{\"text\":\"%s\"}", texts[started]);
            replicate_input *input = input_of(json);
            CHECK(fine(replicate_run(client, job->model, input, NULL, texts[started++], NULL)));
            replicate_input_free(input);
            continue;
        }
        replicate_event *event = NULL;
        if (!CHECK(fine(replicate_client_poll(client, 30000, &event)) && event != NULL)) break;
        const char *mine = replicate_event_user_data(event), *got = replicate_event_string(event, job->pointer, NULL);
        if (!CHECK(got != NULL && strcmp(got, mine) == 0)) fprintf(stderr, "  %s got %s (%s)\n", mine, got ? got : "nothing", replicate_event_json(event, NULL));
        CHECK(++ended[(mine - texts[0]) / (ptrdiff_t)sizeof texts[0]] == 1);
        replicate_event_free(event);
    }
    replicate_client_free(client);
    return NULL;
}

static void no_mix_up(const char *url, const char *model, const char *pointer) {
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){url, model, pointer, i};
        pthread_create(&threads[i], NULL, call_many, &jobs[i]);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

int main(void) {
    threads();
    churn();
    resets();
    struct loopback *server = loopback_start(loopback_echo, NULL);
    no_mix_up(loopback_url(server), "o/n", "/output/input/text");
    loopback_stop(server);
    const char *sandbox = getenv("REPLICATE_SANDBOX_URL");
    if (sandbox != NULL) no_mix_up(sandbox, "sandbox/echo", "/output/text");
    CHECK(threads_fall_to(NULL, 1));
    return check_done("process");
}
