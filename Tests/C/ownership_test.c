/* Proves: {event, request, input, config, client} may be freed in each of their 120 orders, with requests under way;
   events outlive the client; and a closed client ends its requests, refuses new ones, and still gives its events. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <sched.h>
#include <string.h>

static struct loopback *server;

static void free_in(const int *order) {
    replicate_client *client = client_of(loopback_url(server), "poll_interval_ms", "10");
    replicate_config *config = options_of("updates", "1");
    replicate_input *input = input_of("{\"a\":1}");
    replicate_request *request = NULL;
    replicate_event *event = NULL;
    int user;
    CHECK(fine(replicate_run(client, "o/n", input, config, &user, &request)));
    CHECK(fine(replicate_run(client, "o/n", input, config, NULL, NULL)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_UPDATED);
    int32_t fd = -1;
    CHECK(fine(replicate_client_fd(client, &fd)) && fd >= 0);
    void *of = replicate_event_user_data(event);
    CHECK(of == &user || of == NULL);
    int has_event = 1, has_request = 1;
    for (int i = 0; i < 5; i++) {
        switch (order[i]) {
        case 0: replicate_event_free(event), has_event = 0; break;
        case 1: replicate_request_free(request), has_request = 0; break;
        case 2: replicate_input_free(input); break;
        case 3: replicate_config_free(config); break;
        default: replicate_client_free(client); break;
        }
        size_t length = 0;
        if (has_event) {
            CHECK(replicate_event_type(event, "/status") == REPLICATE_JSON_STRING && replicate_event_user_data(event) == of);
            CHECK(replicate_event_json(event, &length) != NULL && length > 10);
        }
        if (has_request) CHECK(replicate_request_state(request) >= 0 && fine(replicate_request_cancel(request)));
    }
}

static void permute(int *order, int at) {
    if (at == 5) free_in(order);
    for (int i = at; i < 5; i++) {
        int first = order[at];
        order[at] = order[i], order[i] = first;
        permute(order, at + 1);
        order[i] = order[at], order[at] = first;
    }
}

static void close_client(void) {
    enum { REQUESTS = 20 };
    struct loopback *silent = loopback_start(loopback_silent, NULL);
    replicate_client *client = client_of(loopback_url(silent), NULL, NULL);
    replicate_input *input = input_of("{}");
    replicate_request *requests[REQUESTS];
    int seen[REQUESTS] = {0};
    for (int i = 0; i < REQUESTS; i++) CHECK(fine(replicate_run(client, "o/n", input, NULL, &seen[i], &requests[i])));
    CHECK(loopback_await(silent, REQUESTS) && replicate_client_pending(client) == REQUESTS);
    CHECK(fine(replicate_client_close(client)) && fine(replicate_client_close(client)));

    replicate_request *none = requests[0];
    CHECK(is_error(replicate_run(client, "o/n", input, NULL, NULL, &none), "canceled", "closed") && none == NULL);
    CHECK(is_error(replicate_wait(client, "i", NULL, NULL, NULL), "canceled", "closed"));
    CHECK(is_error(replicate_predictions_create(client, "v", input, NULL, NULL, NULL), "canceled", "closed"));
    CHECK(is_error(replicate_models_predictions_create(client, "o", "n", input, NULL, NULL, NULL), "canceled", "closed"));
    CHECK(is_error(replicate_deployments_predictions_create(client, "o", "n", input, NULL, NULL, NULL), "canceled", "closed"));
    CHECK(is_error(replicate_predictions_get(client, "i", NULL, NULL, NULL), "canceled", "closed"));
    CHECK(is_error(replicate_predictions_list(client, NULL, NULL, NULL), "canceled", "closed"));
    CHECK(is_error(replicate_predictions_cancel(client, "i", NULL, NULL, NULL), "canceled", "closed"));
    CHECK(replicate_client_pending(client) == REQUESTS);

    for (int i = 0; i < REQUESTS; i++) {
        replicate_event *event = NULL;
        CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_FAILED);
        const replicate_error *error = replicate_event_error(event);
        CHECK(error != NULL && strcmp(replicate_error_kind(error), "canceled") == 0);
        CHECK(replicate_error_delivery(error) != NULL && strcmp(replicate_error_delivery(error), "maybe_sent") == 0);
        int *place = replicate_event_user_data(event);
        if (CHECK(place != NULL)) ++*place;
        replicate_event_free(event);
    }
    for (int i = 0; i < REQUESTS; i++) {
        CHECK(seen[i] == 1 && replicate_request_state(requests[i]) == 2);
        replicate_request_free(requests[i]);
    }
    replicate_event *event = NULL;
    int32_t fd = -1;
    CHECK(fine(replicate_client_poll(client, -1, &event)) && event == NULL); /* nothing is pending: at once */
    CHECK(fine(replicate_client_fd(client, &fd)) && fd >= 0 && fine(replicate_client_wakeup(client)));
    CHECK(replicate_client_pending(client) == 0);
    CHECK(loopback_requests(silent) == REQUESTS); /* and nothing was sent a second time */
    replicate_client_free(client);
    replicate_input_free(input);
    loopback_stop(silent);
}

/* A failed event and its error stay readable when everything else is gone; requests of a freed client can be asked. */
static void outlive(void) {
    replicate_client *client = client_of(loopback_url(server), "poll_interval_ms", "10");
    replicate_input *input = input_of("{}");
    replicate_request *first, *second;
    replicate_event *event = NULL, *none = NULL;
    CHECK(fine(replicate_run(client, "o/n", input, NULL, NULL, &first)) && fine(replicate_run(client, "o/n", input, NULL, NULL, &second)));
    CHECK(fine(replicate_request_cancel(first)) && fine(replicate_request_cancel(first)));
    CHECK(fine(replicate_request_wait(first, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_FAILED);
    const replicate_error *error = replicate_event_error(event);
    const char *text = replicate_error_text(error);
    CHECK(text != NULL && replicate_event_error(event) == error);
    replicate_client_free(client);
    CHECK(fine(replicate_request_wait(second, -1, &none)) && none == NULL); /* its events were dropped */
    CHECK(fine(replicate_request_wait(first, -1, &none)) && none == NULL);
    CHECK(strcmp(replicate_error_text(error), text) == 0 && replicate_event_is_of(event, first) == 1);
    CHECK(replicate_event_is_of(event, second) == 0);
    replicate_event_free(event);
    for (double end = seconds_now() + 10; replicate_error_text(error) != NULL && seconds_now() < end;) sched_yield();
    CHECK(replicate_error_text(error) == NULL); /* borrowed: it goes with its event */
    replicate_request_free(first), replicate_request_free(second), replicate_input_free(input);
}

int main(void) {
    server = loopback_start(loopback_endless, NULL);
    int order[5] = {0, 1, 2, 3, 4};
    size_t descriptors = descriptor_count();
    permute(order, 0);
    outlive();
    close_client();
    CHECK(threads_fall_to("replicate-net", 0));
    loopback_stop(server);
    CHECK(descriptors_fall_to(descriptors));
    return check_done("ownership");
}
