/* Runs a model of images and saves what it puts out.
       cc outputs.c -o outputs $(pkg-config --cflags --libs replicate)
       ./outputs FOLDER */
#include <replicate.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **arguments) {
    const char *json = "{\"prompt\": \"a fox\", \"size\": \"small\"}", *folder = count > 1 ? arguments[1] : "outputs";
    replicate_client *client = NULL;
    replicate_input *input = NULL;
    replicate_request *request = NULL, *saving = NULL;
    replicate_event *event = NULL, *saved = NULL;

    replicate_error *error = replicate_client_new(NULL, &client);
    if (error == NULL) error = replicate_input_new(json, strlen(json), &input);
    if (error == NULL) error = replicate_run(client, "bytedance/seedream-3", input, NULL, NULL, &request);
    if (error == NULL) error = replicate_request_wait(request, -1, &event);

    /* Whatever is in the output, an URL or a list of them, all files in it are saved. */
    size_t length = 0;
    const char *output = replicate_event_value(event, "/output", &length), *id = replicate_event_string(event, "/id", NULL);
    if (error == NULL && output != NULL) {
        error = replicate_outputs_save(client, output, length, folder, id, NULL, NULL, &saving);
        if (error == NULL) error = replicate_request_wait(saving, -1, &saved);
    }

    const replicate_error *failure = replicate_event_error(saved != NULL ? saved : event);
    if (error != NULL || failure != NULL) printf("%s\n", replicate_error_text(error != NULL ? error : failure));
    for (size_t i = 0; i < replicate_event_count(saved, ""); i++) {
        char pointer[64];
        snprintf(pointer, sizeof pointer, "/%zu/path", i);
        printf("saved %s\n", replicate_event_string(saved, pointer, NULL));
    }

    replicate_error_free(error);
    replicate_event_free(saved), replicate_event_free(event);
    replicate_request_free(saving), replicate_request_free(request);
    replicate_input_free(input);
    replicate_client_free(client);
}
