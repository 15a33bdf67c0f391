/* Prints what a model writes, word by word, as it comes.
   Build: cc stream.c -o stream $(pkg-config --cflags --libs replicate)
   Needs: REPLICATE_API_TOKEN, and REPLICATE_BASE_URL of a running replicate-sandbox, which has this model. */
#include <replicate.h>
#include <stdio.h>
#include <string.h>

/* An event of a stream carries one or more pieces: of the model's output, of its logs, and "done" at the end. */
static void print_output(const replicate_event *event) {
    for (size_t i = 0; i < replicate_event_stream_count(event); i++) {
        const char *type, *data;
        size_t length;
        replicate_event_stream_item(event, i, &type, &data, &length, NULL);
        if (strcmp(type, "output") == 0) fwrite(data, 1, length, stdout);
    }
    fflush(stdout);
}

int main(void) {
    const char *json = "{\"prompt\": \"a fox\", \"max_tokens\": 20}";
    replicate_client *client = NULL;
    replicate_input *input = NULL;

    replicate_error *error = replicate_client_new(NULL, &client);
    if (error == NULL) error = replicate_input_new(json, strlen(json), &input);
    if (error == NULL) error = replicate_stream(client, "sandbox/story", input, NULL, NULL, NULL);

    int status = 1;
    int is_last = 0;
    while (error == NULL && !is_last) {
        replicate_event *event = NULL;
        error = replicate_client_poll(client, -1, &event); /* waits for the next one */
        switch (replicate_event_kind(event)) {
        case REPLICATE_EVENT_STREAM:
            print_output(event);
            break;
        case REPLICATE_EVENT_DONE: /* the whole prediction: its output, too, and what it has cost */
            printf("\n%s after %lu words\n", replicate_event_string(event, "/status", NULL),
                   (unsigned long)replicate_event_count(event, "/output"));
            status = 0;
            is_last = 1;
            break;
        case REPLICATE_EVENT_FAILED:
            fprintf(stderr, "\n%s\n", replicate_error_text(replicate_event_error(event)));
            is_last = 1;
            break;
        }
        replicate_event_free(event);
    }
    if (error != NULL) fprintf(stderr, "%s\n", replicate_error_text(error));
    replicate_error_free(error);
    replicate_input_free(input);
    replicate_client_free(client);
    return status;
}
