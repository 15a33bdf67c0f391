/*
 * gets.c - gets through replicate.h, one after another: what gets.lua does, without Lua.
 * Use: gets CALLS (the server and the token are in the environment)
 */
#include "measure.h"

#include <replicate.h>

enum { WARM_UP = 100 };

static void check(replicate_error *error) { expect(error == NULL, replicate_error_text(error)); }

static void run(replicate_client *client, long calls) {
    for (long i = 0; i < calls; i++) {
        replicate_request *request;
        replicate_event *event;
        size_t length = 0;
        check(replicate_predictions_get(client, "z9vpxbm31hrmc0cp3w4t5r8k7m", NULL, NULL, &request));
        check(replicate_request_wait(request, -1, &event));
        expect(replicate_event_kind(event) == REPLICATE_EVENT_DONE, "a get failed");
        expect(replicate_event_json(event, &length) != NULL && length > 500, "the answer is not the prediction");
        replicate_event_free(event);
        replicate_request_free(request);
    }
}

int main(int count, char **arguments) {
    expect(count == 2, "use: gets CALLS");
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
