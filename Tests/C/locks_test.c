/* Proves: a cancel may come at any moment of a poll. The poll that takes the events of a stream that is held back wakes its reader; the
   cancel of that reader waits for the queue, under a lock of the runtime that the waking needs. If the reader is woken under the
   queue's lock, each waits for the other, and the program stands still.
   To meet that moment each time, this program stands in front of pthread_mutex_lock: the poll stops behind its first lock until the
   network's thread, which runs the cancel, is at the door. */
#define _GNU_SOURCE
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS = 40000, PATIENCE = 20 };

/* ---- In front of the locks -------------------------------------------------------------------------------------------- */

enum { OFF, ARMED, INSIDE, PAST };

static int (*lock_of_libc)(pthread_mutex_t *), (*unlock_of_libc)(pthread_mutex_t *);
static _Thread_local int is_polling;
static pthread_mutex_t *queue; /* what the poll has locked */
static int state = OFF, is_at_the_door, unlocks;

__attribute__((constructor)) static void find(void) {
    *(void **)&lock_of_libc = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    *(void **)&unlock_of_libc = dlsym(RTLD_NEXT, "pthread_mutex_unlock");
}

static int get(int *place) { return __atomic_load_n(place, __ATOMIC_SEQ_CST); }
static void set(int *place, int value) { __atomic_store_n(place, value, __ATOMIC_SEQ_CST); }

/* Whether it becomes so in time. */
static int becomes(int *place, int value) {
    for (int i = 0; i < PATIENCE * 1000 && get(place) != value; i++) usleep(1000);
    return get(place) == value;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    if (lock_of_libc == NULL) find();
    if (!is_polling && get(&state) == INSIDE && mutex == queue) set(&is_at_the_door, 1);
    int result = lock_of_libc(mutex);
    if (is_polling && get(&state) == ARMED) {
        queue = mutex;
        set(&state, INSIDE);
        becomes(&is_at_the_door, 1);
        set(&state, PAST);
    }
    return result;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    if (unlock_of_libc == NULL) find();
    if (!is_polling) __atomic_add_fetch(&unlocks, 1, __ATOMIC_SEQ_CST);
    return unlock_of_libc(mutex);
}

/* ---- A stream of which nobody takes anything -------------------------------------------------------------------------- */

static char *stream(const struct loopback_request *request, void *context) {
    (void)request, (void)context;
    size_t room = EVENTS * 160 + 200, used;
    char *answer = malloc(room);
    used = (size_t)snprintf(answer, room, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < EVENTS; i++) {
        used += (size_t)snprintf(answer + used, room - used, "event: output\ndata: %06d %0100d\n\n", i, 0);
    }
    return answer;
}

/* The network's thread has come to rest: the reader's batch is full. */
static void rests(void) {
    int last = -1;
    for (int i = 0, same = 0; i < PATIENCE * 100 && same < 30; i++) {
        int now = get(&unlocks);
        same = now == last && now > 1 ? same + 1 : 0;
        last = now;
        usleep(10000);
    }
}

struct poll {
    replicate_client *client;
    replicate_event *event;
    int ended;
};

static void *poll_once(void *context) {
    struct poll *poll = context;
    is_polling = 1;
    CHECK(fine(replicate_client_poll(poll->client, 0, &poll->event)));
    is_polling = 0;
    set(&poll->ended, 1);
    return NULL;
}

/* Whether the reader was held back when the poll began: on a slow machine the stream may have rested for another reason. */
static int meet(replicate_client *client, const char *url) {
    struct poll poll = {.client = client};
    replicate_request *request = NULL;
    set(&unlocks, 0), set(&is_at_the_door, 0);
    CHECK(fine(replicate_predictions_stream(client, "p", url, NULL, NULL, &request)));
    rests();

    pthread_t thread;
    set(&state, ARMED);
    CHECK(pthread_create(&thread, NULL, poll_once, &poll) == 0);
    CHECK(becomes(&state, INSIDE));
    CHECK(fine(replicate_request_cancel(request)));
    CHECK(becomes(&state, PAST) && get(&is_at_the_door) == 1);
    if (!CHECK(becomes(&poll.ended, 1))) { /* a poll and a cancel wait for each other: nothing can end here but the process */
        check_done("locks");
        fflush(stdout);
        _exit(1);
    }
    pthread_join(thread, NULL);
    set(&state, OFF);
    size_t bytes = 0, length;
    const char *data;
    for (size_t i = 0; replicate_event_stream_item(poll.event, i, NULL, &data, &length, NULL) == 1; i++) bytes += length;
    replicate_event_free(poll.event);
    replicate_event *last = NULL;
    CHECK(fine(replicate_request_wait(request, PATIENCE * 1000, &last)) && failed_with(last, "canceled"));
    replicate_request_free(request);
    return bytes > 512 << 10;
}

int main(void) {
    struct loopback *server = loopback_start(stream, NULL);
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    char url[200];
    snprintf(url, sizeof url, "%s/stream", loopback_url(server));
    int has_met = 0;
    for (int i = 0; i < 10 && !has_met; i++) has_met = meet(client, url);
    CHECK(has_met);
    replicate_client_free(client);
    CHECK(threads_fall_to("replicate-net", 0));
    loopback_stop(server);
    return check_done("locks");
}
