/* Proves: when replicate_client_poll waits and when it does not; replicate_request_wait takes its own event only; the
   descriptor is readable exactly while events wait or a wakeup is due; updates coalesce into the latest. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int readable(int fd, int timeout) {
    struct pollfd item = {fd, POLLIN, 0};
    return poll(&item, 1, timeout) == 1 && (item.revents & POLLIN) != 0;
}

static void nothing_pending(replicate_client *client) {
    replicate_event *event = (replicate_event *)(void *)client;
    double start = seconds_now();
    CHECK(fine(replicate_client_poll(client, -1, &event)) && event == NULL);
    CHECK(fine(replicate_client_poll(client, 60000, &event)) && event == NULL);
    CHECK(fine(replicate_client_poll(client, 0, &event)) && event == NULL);
    CHECK(fine(replicate_client_poll(client, INT32_MAX, &event)) && fine(replicate_client_poll(client, INT32_MIN, &event)));
    CHECK(seconds_now() - start < 30);
}

static void out_of_turn(replicate_client *client) {
    enum { REQUESTS = 5 };
    replicate_request *requests[REQUESTS];
    replicate_event *event = NULL;
    for (intptr_t i = 0; i < REQUESTS; i++) CHECK(fine(replicate_predictions_get(client, "i", NULL, (void *)i, &requests[i])));
    CHECK(replicate_client_pending(client) == REQUESTS);
    CHECK(fine(replicate_request_wait(requests[3], -1, &event)) && replicate_event_user_data(event) == (void *)3);
    CHECK(replicate_event_is_of(event, requests[3]) == 1 && replicate_event_is_of(event, requests[2]) == 0);
    replicate_event_free(event);
    CHECK(fine(replicate_request_wait(requests[3], -1, &event)) && event == NULL); /* taken before */
    CHECK(replicate_client_pending(client) == REQUESTS - 1);
    int seen = 0;
    for (int i = 0; i < REQUESTS - 1; i++) {
        CHECK(fine(replicate_client_poll(client, -1, &event)) && event != NULL);
        seen |= 1 << (intptr_t)replicate_event_user_data(event);
        replicate_event_free(event);
    }
    CHECK(seen == (1 << 0 | 1 << 1 | 1 << 2 | 1 << 4));
    for (int i = 0; i < REQUESTS; i++) replicate_request_free(requests[i]);
    nothing_pending(client);
}

static void *wait_for_ever(void *client) {
    replicate_event *event = client;
    CHECK(fine(replicate_client_poll(client, -1, &event)) && event == NULL);
    return client;
}

/* The client may be gone before the wait begins. */
static void *wait_until_freed(void *client) {
    replicate_event *event = client;
    replicate_error *error = replicate_client_poll(client, -1, &event);
    CHECK(event == NULL && (error == NULL || is_error(error, "invalid_input", "client")));
    return client;
}

static void wakeups(const char *silent_url) {
    replicate_client *client = client_of(silent_url, NULL, NULL);
    replicate_request *request;
    replicate_event *event = NULL;
    pthread_t thread;
    CHECK(fine(replicate_predictions_get(client, "i", NULL, NULL, &request)));
    double start = seconds_now();
    CHECK(fine(replicate_client_poll(client, 60, &event)) && event == NULL);
    CHECK(fine(replicate_request_wait(request, 60, &event)) && event == NULL && replicate_request_state(request) == 0);
    CHECK(seconds_now() - start >= 0.115 && seconds_now() - start < 30);
    for (int i = 0; i < 100; i++) { /* before the wait begins, or in it */
        pthread_create(&thread, NULL, wait_for_ever, client);
        CHECK(fine(replicate_client_wakeup(client)));
        pthread_join(thread, NULL);
    }
    int32_t fd = -1, again = -1;
    CHECK(fine(replicate_client_wakeup(client)));
    CHECK(fine(replicate_client_fd(client, &fd)) && readable(fd, 0)); /* asked for late */
    CHECK(fine(replicate_client_poll(client, 0, &event)) && event == NULL && !readable(fd, 0));
    CHECK(fine(replicate_client_wakeup(client)) && fine(replicate_client_wakeup(client)) && readable(fd, 0));
    CHECK(fine(replicate_client_poll(client, -1, &event)) && event == NULL && !readable(fd, 0));
    CHECK(fine(replicate_client_fd(client, &again)) && again == fd);
    pthread_create(&thread, NULL, wait_until_freed, client);
    replicate_client_free(client); /* ends the wait of another thread, too */
    replicate_event *none = NULL;
    CHECK(is_error(replicate_client_poll(client, 0, &none), "invalid_input", "client"));
    CHECK(fine(replicate_request_cancel(request)));
    pthread_join(thread, NULL);
    replicate_request_free(request);
}

static void descriptor(const char *url, int late) {
    replicate_client *client = client_of(url, NULL, NULL);
    replicate_event *event = NULL;
    replicate_request *request = NULL;
    int32_t fd = -1;
    if (!late) CHECK(fine(replicate_client_fd(client, &fd)) && !readable(fd, 0));
    CHECK(fine(replicate_predictions_get(client, "a", NULL, NULL, &request)) && fine(replicate_predictions_get(client, "b", NULL, NULL, NULL)));
    if (late) { /* one event taken, one left or to come */
        CHECK(fine(replicate_request_wait(request, -1, &event)) && event != NULL);
        replicate_event_free(event);
        CHECK(fine(replicate_client_fd(client, &fd)));
    }
    CHECK(readable(fd, 10000) && readable(fd, 0));
    while (replicate_client_pending(client) > 0) {
        CHECK(fine(replicate_client_poll(client, -1, &event)) && event != NULL);
        replicate_event_free(event);
    }
    CHECK(!readable(fd, 0));
    replicate_request_free(request);
    replicate_client_free(client);
}

static char *counting(const struct loopback_request *request, void *context) {
    (void)context;
    char body[128];
    snprintf(body, sizeof body, "{\"id\":\"x\",\"status\":\"%s\",\"n\":%d}", request->number < 8 ? "processing" : "succeeded", request->number);
    return loopback_answer(body);
}

static void coalescing(int taken_at_once) {
    struct loopback *server = loopback_start(counting, NULL);
    replicate_client *client = client_of(loopback_url(server), "poll_interval_ms", "20");
    replicate_config *options = options_of("updates", "1");
    replicate_event *event = NULL;
    int64_t n, last = -1, updates = 0;
    CHECK(fine(replicate_wait(client, "x", options, NULL, NULL)));
    if (!taken_at_once) CHECK(loopback_await(server, 9));
    int32_t kind;
    do {
        if (!CHECK(fine(replicate_client_poll(client, -1, &event)) && event != NULL)) break;
        kind = replicate_event_kind(event);
        CHECK(replicate_event_integer(event, "/n", &n) == 1 && (kind == REPLICATE_EVENT_DONE ? n == 8 : n > last));
        last = n;
        updates += kind == REPLICATE_EVENT_UPDATED;
        replicate_event_free(event);
    } while (kind == REPLICATE_EVENT_UPDATED);
    CHECK(taken_at_once ? updates >= 3 : updates <= 2);
    replicate_config_free(options), replicate_client_free(client), loopback_stop(server);
}

/* The processor's time that this thread takes to poll for 40,000 answers, in seconds. */
static double polling_time(replicate_client *client) {
    struct timespec start, end;
    double seconds = 0;
    for (int round = 0; round < 400; round++) {
        for (int i = 0; i < 100; i++) CHECK(fine(replicate_predictions_get(client, "i", NULL, NULL, NULL)));
        for (int i = 0; i < 100; i++) {
            replicate_event *event = NULL;
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
            CHECK(fine(replicate_client_poll(client, -1, &event)) && event != NULL);
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
            seconds += (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
            replicate_event_free(event);
        }
    }
    return seconds;
}

/* Found in review: behind the event of a request that was held back, each poll passed over all that had been taken since. */
static void held_for_long(replicate_client *client) {
    replicate_request *request = NULL;
    replicate_event *event = NULL;
    double before = polling_time(client);
    CHECK(fine(replicate_predictions_get(client, "held", NULL, NULL, &request)) && fine(replicate_request_hold(request, 1)));
    while (replicate_request_state(request) == 0) usleep(1000);
    double held = polling_time(client);
    if (!CHECK(held < 3 * before + 0.05)) printf("%.3f s, and %.3f s with an event that is held back\n", before, held);
    CHECK(fine(replicate_request_hold(request, 0)));
    CHECK(fine(replicate_client_poll(client, -1, &event)) && replicate_event_is_of(event, request) == 1);
    replicate_event_free(event);
    replicate_request_free(request);
    nothing_pending(client);
}

int main(void) {
    struct loopback *echo = loopback_start(loopback_echo, NULL), *silent = loopback_start(loopback_silent, NULL);
    replicate_client *client = client_of(loopback_url(echo), NULL, NULL);
    nothing_pending(client);
    out_of_turn(client);
    held_for_long(client);
    replicate_client_free(client);
    wakeups(loopback_url(silent));
    descriptor(loopback_url(echo), 0);
    descriptor(loopback_url(echo), 1);
    coalescing(1);
    coalescing(0);
    loopback_stop(echo), loopback_stop(silent);
    CHECK(threads_fall_to("replicate-net", 0) && threads_fall_to(NULL, 1));
    return check_done("queue");
}
