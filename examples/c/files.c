/* Sends a file as a model's input.
       cc files.c -o files $(pkg-config --cflags --libs replicate)
       ./files PATH */
#include <replicate.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **arguments) {
    const char *json = "{\"files\": []}";
    replicate_client *client = NULL;
    replicate_input *input = NULL;
    replicate_file *file = NULL, *text = NULL;
    replicate_request *request = NULL;
    replicate_event *event = NULL;

    replicate_error *error = replicate_client_new(NULL, &client);
    if (error == NULL) error = replicate_input_new(json, strlen(json), &input);

    /* A file on disk, and one in memory; each goes where a JSON Pointer says. */
    if (error == NULL) error = replicate_file_at(count > 1 ? arguments[1] : "files.c", &file);
    if (error == NULL) error = replicate_input_attach(input, "/file", file);
    if (error == NULL) error = replicate_file_of("a fox\n", 6, &text);
    if (error == NULL) error = replicate_file_set(text, "name", "fox.txt");
    if (error == NULL) error = replicate_input_attach(input, "/files/-", text);

    /* They are uploaded first; if that fails, nothing was created. */
    if (error == NULL) error = replicate_run(client, "sandbox/inspect", input, NULL, NULL, &request);
    if (error == NULL) error = replicate_request_wait(request, -1, &event);

    const replicate_error *failure = error != NULL ? error : replicate_event_error(event);
    if (failure != NULL) {
        printf("%s\n", replicate_error_text(failure));
    } else {
        int64_t size = 0;
        replicate_event_integer(event, "/output/files/0/size", &size);
        printf("%s, and %d bytes of %s\n", replicate_event_string(event, "/output/file/name", NULL), (int)size,
               replicate_event_string(event, "/output/files/0/type", NULL));
    }

    replicate_error_free(error);
    replicate_event_free(event), replicate_request_free(request);
    replicate_file_free(file), replicate_file_free(text);
    replicate_input_free(input), replicate_client_free(client);
}
