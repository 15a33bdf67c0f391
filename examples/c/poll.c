/* A loop that never blocks for long: two runs at once, their events taken as they come.
   Build: cc poll.c -o poll $(pkg-config --cflags --libs replicate) */
#include <replicate.h>
#include <stdio.h>
#include <string.h>

static void show(const replicate_event *event, void *context) {
    const char *name = replicate_event_user_data(event);
    int *left = context;
    switch (replicate_event_kind(event)) {
    case REPLICATE_EVENT_UPDATED:
        printf("%s is %s\n", name, replicate_event_string(event, "/status", NULL));
        return;
    case REPLICATE_EVENT_DONE: {
        double seconds = 0;
        replicate_event_number(event, "/metrics/predict_time", &seconds);
        printf("%s: %s%s\n", name, replicate_event_string(event, "/output", NULL), seconds > 0 ? "" : " (no time?)");
        break;
    }
    default:
        printf("%s: %s\n", name, replicate_error_text(replicate_event_error(event)));
    }
    *left -= 1;
}

int main(void) {
    const char *json = "{\"steps\": 3, \"step_seconds\": 0.05, \"text\": \"drawn\"}";
    char *names[] = {"one", "two"};
    replicate_config *config = NULL;
    replicate_client *client = NULL;
    replicate_input *input = NULL;

    replicate_error *error = replicate_config_new(&config);
    if (error == NULL) error = replicate_config_set(config, "updates", "1");
    if (error == NULL) error = replicate_config_set(config, "wait", NULL);
    if (error == NULL) error = replicate_config_set(config, "poll_interval_ms", "100");
    if (error == NULL) error = replicate_client_new(NULL, &client);
    if (error == NULL) error = replicate_input_new(json, strlen(json), &input);
    int left = 0;
    for (int i = 0; error == NULL && i < 2; i++) {
        error = replicate_run(client, "sandbox/slow", input, config, names[i], NULL);
        if (error == NULL) left++;
    }
    while (error == NULL && left > 0) {
        /* A game would draw its frame here. */
        error = replicate_client_dispatch(client, 16, 0, show, &left, NULL);
    }
    if (error != NULL) fprintf(stderr, "%s\n", replicate_error_text(error));
    int status = error != NULL;
    replicate_error_free(error);
    replicate_input_free(input);
    replicate_config_free(config);
    replicate_client_free(client);
    return status;
}
