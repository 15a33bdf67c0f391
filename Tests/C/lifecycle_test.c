/* Proves: of 1,000 requests that are canceled, freed, waited for or left alone at random moments, by threads that poll and
   by the one that starts them, each gives exactly one last event, which carries its own user_data. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <pthread.h>
#include <string.h>

enum { REQUESTS = 1000, POLLERS = 3 };

static replicate_client *client;
static int ended[REQUESTS]; /* last events by request; user_data points here */
static int total, stop;

static void take(replicate_event *event) {
    int *place = replicate_event_user_data(event);
    int32_t kind = replicate_event_kind(event);
    if (kind == REPLICATE_EVENT_UPDATED) {
        CHECK(place >= ended && place < ended + REQUESTS);
        replicate_event_free(event);
        return;
    }
    CHECK(place >= ended && place < ended + REQUESTS);
    CHECK(__atomic_add_fetch(place, 1, __ATOMIC_SEQ_CST) == 1);
    if (kind == REPLICATE_EVENT_FAILED) {
        const char *error = replicate_error_kind(replicate_event_error(event));
        CHECK(error != NULL && strcmp(error, "canceled") == 0);
    } else {
        CHECK(kind == REPLICATE_EVENT_DONE && replicate_event_type(event, "/status") == REPLICATE_JSON_STRING);
    }
    replicate_event_free(event);
    __atomic_add_fetch(&total, 1, __ATOMIC_SEQ_CST);
}

static void *poll_events(void *argument) {
    (void)argument;
    while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
        replicate_event *event = NULL;
        CHECK(fine(replicate_client_poll(client, 20, &event)));
        if (event != NULL) take(event);
    }
    return NULL;
}

/* The first looks show a running prediction, later ones mostly its end. */
static char *sometimes_done(const struct loopback_request *request, void *context) {
    return request->number % 3 == 0 ? loopback_endless(request, context)
           : request->number % 7 == 0 ? NULL : loopback_echo(request, context);
}

static void round_of(uint64_t seed) {
    uint64_t random = seed;
    memset(ended, 0, sizeof ended);
    total = stop = 0;
    struct loopback *server = loopback_start(sometimes_done, NULL);
    client = client_of(loopback_url(server), "poll_interval_ms", "10");
    replicate_config *options = options_of("updates", "1");
    replicate_input *input = input_of("{\"n\":1}");
    replicate_request *kept[REQUESTS] = {NULL};
    pthread_t pollers[POLLERS];
    for (int i = 0; i < POLLERS; i++) pthread_create(&pollers[i], NULL, poll_events, NULL);

    for (int i = 0; i < REQUESTS; i++) {
        replicate_request **place = next_random(&random) % 8 == 0 ? NULL : &kept[i];
        CHECK(fine(i % 2 ? replicate_run(client, "o/n", input, options, &ended[i], place)
                         : replicate_wait(client, "some-id", options, &ended[i], place)));
        int other = (int)(next_random(&random) % (uint64_t)(i + 1));
        replicate_event *event = NULL;
        switch (next_random(&random) % 6) {
        case 0: if (kept[i]) CHECK(fine(replicate_request_cancel(kept[i]))); break;
        case 1: if (kept[other]) CHECK(fine(replicate_request_cancel(kept[other]))); break;
        case 2: replicate_request_free(kept[other]), kept[other] = NULL; break;
        case 3:
            CHECK(fine(replicate_client_poll(client, 0, &event)));
            if (event != NULL) take(event);
            break;
        case 4:
            if (kept[other]) CHECK(fine(replicate_request_wait(kept[other], 1, &event)));
            if (event != NULL) take(event);
            break;
        default: break; /* left alone */
        }
    }
    /* Those that would never end by themselves: half are canceled one by one, the rest by closing. */
    for (int i = 0; i < REQUESTS / 2; i++) {
        if (kept[i]) CHECK(fine(replicate_request_cancel(kept[i])));
    }
    CHECK(fine(replicate_client_close(client)));
    while (replicate_client_pending(client) > 0) {
        replicate_event *event = NULL;
        if (!CHECK(fine(replicate_client_poll(client, 10000, &event)))) break;
        if (event != NULL) take(event);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < POLLERS; i++) pthread_join(pollers[i], NULL);
    CHECK(total == REQUESTS);
    for (int i = 0; i < REQUESTS; i++) {
        CHECK(ended[i] == 1);
        if (kept[i]) CHECK(replicate_request_state(kept[i]) > 0);
        replicate_request_free(kept[i]);
    }
    replicate_event *event = NULL;
    CHECK(fine(replicate_client_poll(client, 0, &event)) && event == NULL);
    replicate_config_free(options);
    replicate_input_free(input);
    replicate_client_free(client);
    loopback_stop(server);
}

int main(void) {
    size_t descriptors = descriptor_count();
    for (uint64_t seed = 1; seed <= 5; seed++) round_of(seed * 7919);
    CHECK(threads_fall_to("replicate-net", 0) && descriptors_fall_to(descriptors + 1)); /* libcurl may keep one */
    return check_done("lifecycle");
}
