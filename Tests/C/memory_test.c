/* A life of the library under valgrind: MEMORY_ROUNDS clients with runs, errors, events and handles freed in odd orders.
   Tests/C/memory compares what two such lives leave behind. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <stdlib.h>

static void live_once(const char *url, int round) {
    replicate_client *client = client_of(url, "poll_interval_ms", "10");
    replicate_input *input = input_of("{\"text\":\"hello\",\"list\":[1,2,3]}");
    replicate_config *options = options_of("updates", "1");
    replicate_request *request = NULL, *other = NULL;
    replicate_event *event = NULL, *last = NULL;
    int32_t fd;
    CHECK(fine(replicate_input_set(input, "webhook", "\"https://example.com/\"", 22)));
    CHECK(fine(replicate_client_fd(client, &fd)));
    CHECK(fine(replicate_run(client, "o/n", input, options, NULL, &request)));
    CHECK(fine(replicate_run(client, "o/n", input, options, NULL, &other)));
    CHECK(is_error(replicate_run(client, "nonsense", input, NULL, NULL, NULL), "invalid_input", "reference"));
    CHECK(fine(replicate_client_poll(client, -1, &event)));
    CHECK(replicate_event_json(event, NULL) != NULL && replicate_event_string(event, "/status", NULL) != NULL);
    replicate_file *file = NULL;
    CHECK(fine(replicate_file_of("bytes", 5, &file)) && fine(replicate_file_set(file, "name", "a.png")));
    CHECK(fine(replicate_files_create(client, file, "{}", 2, options, NULL, NULL)));
    CHECK(fine(replicate_files_download(client, "f", "o", 1, "s", NULL, options, NULL, NULL)));
    replicate_input *with_file = input_of("{\"list\":[]}");
    CHECK(fine(replicate_input_attach(with_file, "/list/-", file)) && fine(replicate_input_attach(with_file, "/file", file)));
    CHECK(fine(replicate_run(client, "o/n", with_file, NULL, NULL, NULL)));
    replicate_input_free(with_file);
    replicate_file_free(file);
    if (round % 2) CHECK(fine(replicate_request_cancel(request)) && fine(replicate_request_cancel(other)));
    CHECK(fine(replicate_request_wait(request, -1, &last)) && replicate_event_kind(last) > 0);
    CHECK((replicate_error_text(replicate_event_error(last)) != NULL) == (replicate_event_kind(last) == REPLICATE_EVENT_FAILED));
    if (round % 4 < 2) replicate_event_free(event);
    replicate_client_free(client);
    if (round % 4 >= 2) replicate_event_free(event);
    replicate_event_free(last);
    replicate_request_free(request), replicate_request_free(other);
    replicate_config_free(options), replicate_input_free(input);
    CHECK(threads_fall_to("replicate-net", 0));
}

static char *soon(const struct loopback_request *request, void *context) {
    return request->number % 2 ? loopback_endless(request, context) : loopback_echo(request, context);
}

int main(void) {
    const char *rounds = getenv("MEMORY_ROUNDS");
    struct loopback *server = loopback_start(soon, NULL);
    for (int i = 0; i < (rounds != NULL ? atoi(rounds) : 4); i++) live_once(loopback_url(server), i);
    loopback_stop(server);
    return check_done("memory");
}
