/* Runs a model and prints its output.
   Build: cc run.c -o run $(pkg-config --cflags --libs replicate)
   Needs: REPLICATE_API_TOKEN, or REPLICATE_BASE_URL of a running replicate-sandbox and any token. */
#include <replicate.h>
#include <stdio.h>
#include <string.h>

static int fail(replicate_error *error) {
    fprintf(stderr, "%s\n", replicate_error_text(error));
    replicate_error_free(error);
    return 1;
}

int main(void) {
    const char *json = "{\"text\": \"from C\"}";
    replicate_client *client = NULL;
    replicate_input *input = NULL;
    replicate_request *request = NULL;
    replicate_event *event = NULL;

    replicate_error *error = replicate_client_new(NULL, &client);
    if (error == NULL) error = replicate_input_new(json, strlen(json), &input);
    if (error == NULL) error = replicate_run(client, "replicate/hello-world", input, NULL, NULL, &request);
    if (error == NULL) error = replicate_request_wait(request, -1, &event);

    int status = 0;
    if (error != NULL) {
        status = fail(error);
    } else if (replicate_event_kind(event) == REPLICATE_EVENT_DONE) {
        printf("%s\n", replicate_event_string(event, "/output", NULL));
    } else {
        fprintf(stderr, "%s\n", replicate_error_text(replicate_event_error(event)));
        status = 1;
    }
    replicate_event_free(event);
    replicate_request_free(request);
    replicate_input_free(input);
    replicate_client_free(client);
    return status;
}
