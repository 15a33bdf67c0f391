/* Proves: replicate_client_dispatch runs its callback on the caller's thread, for no more events than it may, with the
   context and user_data it was given; the callback may start requests, take events, and free the client. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <pthread.h>
#include <sched.h>

struct visit {
    pthread_t thread;
    replicate_client *client;
    int count, more, free_at;
    const replicate_event *last;
};

static void note(const replicate_event *event, void *context) {
    struct visit *visit = context;
    visit->count++;
    visit->last = event;
    CHECK(pthread_equal(pthread_self(), visit->thread));
    CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE && replicate_event_json(event, NULL) != NULL);
    int *user = replicate_event_user_data(event);
    if (user != NULL) ++*user;
    if (visit->more > 0) {
        visit->more--;
        CHECK(fine(replicate_account_get(visit->client, NULL, user, NULL)));
    }
    if (visit->count == visit->free_at) replicate_client_free(visit->client);
}

static void start(replicate_client *client, int count, void *user) {
    for (int i = 0; i < count; i++) CHECK(fine(replicate_account_get(client, NULL, user, NULL)));
}

/* Until all answers are in the queue: each request is done. */
static void settle(replicate_client *client, int count, void *user) {
    replicate_request *requests[16];
    for (int i = 0; i < count; i++) CHECK(fine(replicate_account_get(client, NULL, user, &requests[i])));
    for (int i = 0; i < count; i++) {
        for (double end = seconds_now() + 10; replicate_request_state(requests[i]) == 0 && seconds_now() < end;) sched_yield();
        CHECK(replicate_request_state(requests[i]) == 1);
        replicate_request_free(requests[i]);
    }
}

int main(void) {
    struct loopback *server = loopback_start(loopback_echo, NULL);
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    struct visit visit = {.thread = pthread_self(), .client = client};
    size_t handled = 7;
    int user = 0;

    CHECK(fine(replicate_client_dispatch(client, -1, 0, note, &visit, &handled)) && handled == 0 && visit.count == 0);

    settle(client, 10, &user);
    static const size_t most[] = {1, 3, 1, 2};
    for (int i = 0; i < 4; i++) CHECK(fine(replicate_client_dispatch(client, 0, most[i], note, &visit, &handled)) && handled == most[i]);
    CHECK(replicate_client_pending(client) == 3);
    CHECK(fine(replicate_client_dispatch(client, 0, SIZE_MAX, note, &visit, NULL)) && visit.count == 10 && user == 10);
    CHECK(replicate_event_kind(visit.last) == 0); /* freed after the callback */

    settle(client, 8, NULL);
    CHECK(fine(replicate_client_dispatch(client, 0, 0, note, &visit, &handled)) && handled == 8 && user == 10);

    visit = (struct visit){.thread = pthread_self(), .client = client, .more = 20};
    user = 0;
    start(client, 1, &user);
    while (replicate_client_pending(client) > 0) {
        CHECK(fine(replicate_client_dispatch(client, -1, 1, note, &visit, &handled)) && handled == 1);
    }
    CHECK(visit.count == 21 && user == 21);

    visit = (struct visit){.thread = pthread_self(), .client = client, .free_at = 2};
    settle(client, 5, &user);
    CHECK(fine(replicate_client_dispatch(client, -1, 0, note, &visit, &handled)) && handled == 2 && visit.count == 2);
    CHECK(is_error(replicate_client_dispatch(client, 0, 0, note, &visit, &handled), "invalid_input", "client") && handled == 0);
    CHECK(threads_fall_to("replicate-net", 0));
    loopback_stop(server);
    return check_done("dispatch");
}
