/*
 * creates.c - creates through replicate.h, 64 in flight: what creates.lua does, without Lua.
 * Use: creates CALLS (the server and the token are in the environment)
 */
#include "measure.h"

#include <replicate.h>
#include <string.h>

enum { IN_FLIGHT = 64, WARM_UP = 640 };

static const char version[] = "c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e";
static const char json[] = "{\"prompt\":\"a watercolor of a lighthouse at dawn\",\"seed\":4242424242,\"num_outputs\":1,"
                           "\"guidance_scale\":7.5}";

static void check(replicate_error *error) { expect(error == NULL, replicate_error_text(error)); }

static void start(replicate_client *client) {
    replicate_input *input;
    check(replicate_input_new(json, strlen(json), &input));
    check(replicate_predictions_create(client, version, input, NULL, NULL, NULL));
    replicate_input_free(input);
}

static void run(replicate_client *client, long calls) {
    long started = 0;
    while (started < IN_FLIGHT && started < calls) {
        start(client);
        started++;
    }
    for (long finished = 0; finished < calls;) {
        replicate_event *event;
        size_t length = 0;
        check(replicate_client_poll(client, -1, &event));
        if (event == NULL) {
            continue;
        }
        expect(replicate_event_kind(event) == REPLICATE_EVENT_DONE, "a create failed");
        expect(replicate_event_json(event, &length) != NULL && length > 500, "the answer is not the prediction");
        replicate_event_free(event);
        finished++;
        if (started < calls) {
            start(client);
            started++;
        }
    }
}

int main(int count, char **arguments) {
    expect(count == 2, "use: creates CALLS");
    long calls = atol(arguments[1]);
    replicate_client *client;
    check(replicate_client_new(NULL, &client));
    run(client, WARM_UP);
    struct moment begin = now();
    run(client, calls);
    print_since(begin, calls);
    replicate_client_free(client);
    return 0;
}
