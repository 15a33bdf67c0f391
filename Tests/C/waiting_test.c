/* Proves: an operation that waits, for its turn or for the next look at its prediction, hears of a cancel, of its deadline
   and of the end of its client; and thousands of runs awaited at once cost no thread each and little memory. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With one connection four operations begin, and of those one is sent. */
enum { BEGUN = 4, REQUESTS = 12 };

static int delivered(const replicate_event *event, const char *delivery) {
    const char *word = replicate_error_delivery(replicate_event_error((replicate_event *)event));
    return delivery == NULL ? word == NULL : word != NULL && strcmp(word, delivery) == 0;
}

/* 1 if the request's last event is a failure of this kind, with this delivery. */
static int ends(replicate_request *request, const char *kind, const char *delivery) {
    replicate_event *event = NULL;
    int is_right = CHECK(fine(replicate_request_wait(request, 10000, &event))) && CHECK(event != NULL)
                   && CHECK(delivered(event, delivery));
    return failed_with(event, kind) && is_right;
}

static void before_their_turn(void) {
    struct loopback *silent = loopback_start(loopback_silent, NULL);
    replicate_client *client = client_of(loopback_url(silent), "connections_per_host", "1");
    replicate_config *soon = options_of("timeout_ms", "200");
    replicate_input *input = input_of("{}");
    replicate_request *requests[REQUESTS], *wait, *late, *late_wait, *create;
    for (int i = 0; i < REQUESTS; i++) CHECK(fine(replicate_run(client, "o/n", input, NULL, NULL, &requests[i])));
    CHECK(fine(replicate_wait(client, "id", NULL, NULL, &wait)));
    CHECK(fine(replicate_predictions_create(client, "v", input, NULL, NULL, &create)));
    CHECK(fine(replicate_run(client, "o/n", input, soon, NULL, &late)));
    CHECK(fine(replicate_wait(client, "id", soon, NULL, &late_wait)));
    CHECK(loopback_await(silent, 1));

    CHECK(fine(replicate_request_cancel(requests[REQUESTS - 1])) && fine(replicate_request_cancel(requests[BEGUN])));
    CHECK(fine(replicate_request_cancel(wait)) && fine(replicate_request_cancel(create)));
    CHECK(ends(requests[REQUESTS - 1], "canceled", "not_sent") && ends(requests[BEGUN], "canceled", "not_sent"));
    CHECK(ends(create, "canceled", "not_sent") && ends(wait, "canceled", NULL));
    CHECK(ends(late, "timeout", "not_sent") && ends(late_wait, "timeout", NULL));
    CHECK(loopback_requests(silent) == 1);

    replicate_event *event = NULL;
    CHECK(fine(replicate_client_close(client)));
    while (replicate_client_pending(client) > 0 && CHECK(fine(replicate_client_poll(client, 10000, &event)))) {
        if (!CHECK(failed_with(event, "canceled"))) break;
    }
    CHECK(loopback_requests(silent) == 1);
    for (int i = 0; i < REQUESTS; i++) {
        CHECK(replicate_request_state(requests[i]) == 2);
        replicate_request_free(requests[i]);
    }
    replicate_request_free(wait), replicate_request_free(late), replicate_request_free(late_wait);
    replicate_request_free(create);
    replicate_config_free(soon), replicate_input_free(input), replicate_client_free(client);
    loopback_stop(silent);
}

static int cancels; /* that the server got */

static char *counting(const struct loopback_request *request, void *context) {
    if (strstr(request->path, "/cancel") != NULL) __atomic_add_fetch(&cancels, 1, __ATOMIC_SEQ_CST);
    return loopback_endless(request, context);
}

/* Runs and waits whose next look is an hour away. */
static void between_looks(void) {
    struct loopback *server = loopback_start(counting, NULL);
    replicate_client *client = client_of(loopback_url(server), "poll_interval_ms", "3600000");
    replicate_config *options = options_of("updates", "1"), *soon = options_of("timeout_ms", "1000");
    replicate_input *input = input_of("{}");
    replicate_request *run, *wait, *late;
    replicate_event *event = NULL;
    for (int i = 0; i < 2; i++) {
        CHECK(fine(i ? replicate_wait(client, "id", options, NULL, &wait) : replicate_run(client, "o/n", input, options, NULL, &run)));
        CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_UPDATED);
        replicate_event_free(event);
    }
    CHECK(replicate_client_pending(client) == 2);
    CHECK(fine(replicate_request_cancel(run)) && fine(replicate_request_cancel(wait)));
    CHECK(ends(run, "canceled", NULL) && ends(wait, "canceled", NULL));
    CHECK(loopback_await(server, 3)); /* the run's prediction is canceled, what was only waited for is not */

    CHECK(fine(replicate_run(client, "o/n", input, soon, NULL, &late)) && ends(late, "timeout", NULL));
    CHECK(__atomic_load_n(&cancels, __ATOMIC_SEQ_CST) == 2); /* before anybody heard of it */
    replicate_request_free(run), replicate_request_free(wait), replicate_request_free(late);

    CHECK(fine(replicate_run(client, "o/n", input, options, NULL, &run)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_UPDATED);
    replicate_event_free(event);
    CHECK(fine(replicate_client_close(client)) && ends(run, "canceled", NULL));
    replicate_request_free(run);
    replicate_client_free(client);
    CHECK(threads_fall_to("replicate-net", 0));

    /* And of a client that is freed there is nothing left. */
    client = client_of(loopback_url(server), "poll_interval_ms", "3600000");
    CHECK(fine(replicate_run(client, "o/n", input, options, NULL, NULL)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_UPDATED);
    replicate_event_free(event);
    replicate_client_free(client);
    CHECK(threads_fall_to("replicate-net", 0) && __atomic_load_n(&cancels, __ATOMIC_SEQ_CST) == 2);
    replicate_config_free(options), replicate_config_free(soon), replicate_input_free(input);
    loopback_stop(server);
}

/* Each run may cost so many bytes at its peak, of which its snapshot is some 1,200: four times what was measured, and half
   of what a task or a coroutine of its own would add. */
enum { RUNS = 2000, WARM = 100, MOST_BYTES = 16384 };

static int created, wanted;

/* No prediction ends before the last one is made. */
static char *together(const struct loopback_request *request, void *context) {
    (void)context;
    static char logs[1100];
    memset(logs, 'x', sizeof logs - 1);
    char id[32], body[1400];
    const char *status = "processing";
    if (strcmp(request->method, "POST") == 0) {
        snprintf(id, sizeof id, "prediction%d", created++);
    } else {
        snprintf(id, sizeof id, "%s", strrchr(request->path, '/') + 1);
        if (created == wanted) status = "succeeded";
    }
    snprintf(body, sizeof body, "{\"id\":\"%s\",\"status\":\"%s\",\"logs\":\"%s\"}", id, status, logs);
    return loopback_answer(body);
}

static void run_together(int runs) {
    created = 0, wanted = runs;
    struct loopback *server = loopback_start(together, NULL);
    replicate_client *client = client_of(loopback_url(server), "poll_interval_ms", "200");
    replicate_input *input = input_of("{\"prompt\":\"a fox\"}");
    size_t most_threads = 0;
    for (int i = 0; i < runs; i++) CHECK(fine(replicate_run(client, "o/n", input, NULL, NULL, NULL)));
    for (int i = 0; i < runs; i++) {
        replicate_event *event = NULL;
        if (!CHECK(fine(replicate_client_poll(client, 60000, &event)) && event != NULL)) break;
        CHECK(replicate_event_kind(event) == REPLICATE_EVENT_DONE);
        replicate_event_free(event);
        if (i % 100 == 0 && thread_count(NULL) > most_threads) most_threads = thread_count(NULL);
    }
    CHECK(most_threads == 3); /* this one, the server's and the network's */
    replicate_input_free(input);
    replicate_client_free(client);
    loopback_stop(server);
}

static void many_at_once(void) {
    run_together(WARM);
    size_t before = resident_kib();
    run_together(RUNS);
    size_t peak = peak_kib();
    size_t each = peak > before ? (peak - before) * 1024 / RUNS : 0;
    if (!CHECK(each <= MOST_BYTES)) fprintf(stderr, "each of %d runs took %zu bytes\n", RUNS, each);
}

int main(void) {
    many_at_once(); /* first, while the peak is its own */
    before_their_turn();
    between_looks();
    return check_done("waiting");
}
