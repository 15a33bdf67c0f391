/* Every operation of the header, seen from the server: which method, which path, which body; and what is refused before. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static replicate_client *client;

/* Answers {"seen": "METHOD PATH", "length": …, "body": …}; the body is null where there was none. */
static char *mirror(const struct loopback_request *request, void *context) {
    (void)context;
    const char *body = request->length > 0 && request->body[0] == '{' ? request->body : "null";
    size_t room = strlen(request->path) + strlen(body) + 100;
    char *text = malloc(room);
    if (text == NULL) return NULL;
    snprintf(text, room, "{\"seen\": \"%s %s\", \"length\": %zu, \"body\": %s}", request->method, request->path, request->length, body);
    char *answer = loopback_answer(text);
    free(text);
    return answer;
}

static replicate_event *answer_of(replicate_error *error) {
    replicate_event *event = NULL;
    if (!fine(error) || !fine(replicate_client_poll(client, 10000, &event))) return NULL;
    return event;
}

/* 1 if the call reached the server as `expected`, with `body` as its JSON or none. */
static int seen(replicate_error *error, const char *expected, const char *body) {
    replicate_event *event = answer_of(error);
    const char *line = replicate_event_string(event, "/seen", NULL);
    const char *sent = replicate_event_value(event, "/body", NULL);
    int same = line != NULL && strcmp(line, expected) == 0 && sent != NULL && strcmp(sent, body != NULL ? body : "null") == 0;
    if (!same) fprintf(stderr, "  the server saw %s with %s\n", line != NULL ? line : "nothing", sent != NULL ? sent : "nothing");
    replicate_event_free(event);
    return same;
}

#define SEEN(call, expected) CHECK(seen(call, "" expected, NULL))
#define SEEN_BODY(call, expected, body) CHECK(seen(call, "" expected, body))
#define REST NULL, NULL, NULL
#define OBJECT "{\"a\": 1.0}", strlen("{\"a\": 1.0}")

static void reading(void) {
    SEEN(replicate_account_get(client, REST), "GET /v1/account");
    SEEN(replicate_hardware_list(client, REST), "GET /v1/hardware");
    SEEN(replicate_search(client, "a fox & b", REST), "GET /v1/search?query=a%20fox%20%26%20b");
    SEEN(replicate_webhooks_default_secret_get(client, REST), "GET /v1/webhooks/default/secret");
    SEEN(replicate_collections_list(client, REST), "GET /v1/collections");
    SEEN(replicate_collections_get(client, "text-to-image", REST), "GET /v1/collections/text-to-image");
    SEEN(replicate_models_list(client, REST), "GET /v1/models");
    SEEN(replicate_models_get(client, "a b", "\xc3\xa9", REST), "GET /v1/models/a%20b/%C3%A9");
    SEEN(replicate_models_examples_list(client, "o", "n", REST), "GET /v1/models/o/n/examples");
    SEEN(replicate_models_versions_list(client, "o", "n", REST), "GET /v1/models/o/n/versions");
    SEEN(replicate_models_versions_get(client, "o", "n", "v", REST), "GET /v1/models/o/n/versions/v");
    SEEN(replicate_deployments_list(client, REST), "GET /v1/deployments");
    SEEN(replicate_deployments_get(client, "o", "n", REST), "GET /v1/deployments/o/n");
    SEEN(replicate_trainings_list(client, REST), "GET /v1/trainings");
    SEEN(replicate_trainings_get(client, "t", REST), "GET /v1/trainings/t");
    SEEN(replicate_files_list(client, REST), "GET /v1/files");
    SEEN(replicate_files_get(client, "f", REST), "GET /v1/files/f");
    SEEN(replicate_predictions_list(client, REST), "GET /v1/predictions");
    SEEN(replicate_predictions_get(client, "p", REST), "GET /v1/predictions/p");
    SEEN(replicate_page_get(client, "/v1/models?cursor=a%2Bb", REST), "GET /v1/models?cursor=a%2Bb");
}

static void changing(void) {
    SEEN_BODY(replicate_models_create(client, OBJECT, REST), "POST /v1/models", "{\"a\": 1.0}");
    SEEN_BODY(replicate_models_update(client, "o", "n", OBJECT, REST), "PATCH /v1/models/o/n", "{\"a\": 1.0}");
    SEEN(replicate_models_delete(client, "o", "n", REST), "DELETE /v1/models/o/n");
    SEEN(replicate_models_versions_delete(client, "o", "n", "v", REST), "DELETE /v1/models/o/n/versions/v");
    SEEN_BODY(replicate_deployments_create(client, OBJECT, REST), "POST /v1/deployments", "{\"a\": 1.0}");
    SEEN_BODY(replicate_deployments_update(client, "o", "n", OBJECT, REST), "PATCH /v1/deployments/o/n", "{\"a\": 1.0}");
    SEEN(replicate_deployments_delete(client, "o", "n", REST), "DELETE /v1/deployments/o/n");
    SEEN(replicate_trainings_cancel(client, "t", REST), "POST /v1/trainings/t/cancel");
    SEEN(replicate_files_delete(client, "f", REST), "DELETE /v1/files/f");
    SEEN(replicate_predictions_cancel(client, "p", REST), "POST /v1/predictions/p/cancel");
    replicate_input *input = input_of("{}");
    CHECK(fine(replicate_input_set(input, "destination", "\"me/mine\"", 9)));
    SEEN_BODY(replicate_trainings_create(client, "o", "n", "v", input, REST), "POST /v1/models/o/n/versions/v/trainings",
              "{\"input\":{},\"destination\":\"me/mine\"}");
    replicate_input_free(input);
    input = input_of("{}");
    SEEN_BODY(replicate_predictions_create(client, "v", input, REST), "POST /v1/predictions", "{\"version\":\"v\",\"input\":{}}");
    SEEN_BODY(replicate_models_predictions_create(client, "o", "n", input, REST), "POST /v1/models/o/n/predictions",
              "{\"input\":{}}");
    SEEN_BODY(replicate_deployments_predictions_create(client, "o", "n", input, REST), "POST /v1/deployments/o/n/predictions",
              "{\"input\":{}}");
    replicate_input_free(input);
}

/* The two whose body or answer is plain text. */
static void plain_text(void) {
    replicate_event *event = answer_of(replicate_models_search(client, "foxes", REST));
    int64_t length = 0;
    CHECK(replicate_event_integer(event, "/length", &length) && length == 5);
    CHECK(strcmp(replicate_event_string(event, "/seen", NULL), "QUERY /v1/models") == 0);
    replicate_event_free(event);
    event = answer_of(replicate_models_readme_get(client, "o", "n", REST));
    CHECK(replicate_event_type(event, "") == REPLICATE_JSON_STRING);
    CHECK(strstr(replicate_event_string(event, "", NULL), "GET /v1/models/o/n/readme") != NULL);
    replicate_event_free(event);
}

static void any_call(void) {
    replicate_config *options = options_of("param.q", "a b");
    CHECK(fine(replicate_config_set(options, "header.X-Trace", "1")));
    replicate_event *event = answer_of(replicate_call(client, "post", "/new/thing", OBJECT, options, NULL, NULL));
    CHECK(strcmp(replicate_event_string(event, "/seen", NULL), "POST /v1/new/thing?q=a%20b") == 0);
    CHECK(replicate_event_status(event) == 200);
    CHECK(strstr(replicate_event_headers(event, NULL), "\"content-length\"") != NULL);
    replicate_event_free(event);
    replicate_config_free(options);
    CHECK(is_error(replicate_call(client, "STEAL", "/a", NULL, 0, REST), "invalid_input", "method"));
    CHECK(is_error(replicate_call(client, NULL, "/a", NULL, 0, REST), "invalid_input", "method"));
    CHECK(is_error(replicate_call(client, "GET", "a", NULL, 0, REST), "invalid_input", "path"));
    CHECK(is_error(replicate_call(client, "GET", "/a/../b", NULL, 0, REST), "invalid_input", "path"));
    CHECK(is_error(replicate_call(client, "POST", "/a", "{", 1, REST), "invalid_input", "body"));
    CHECK(replicate_event_status(NULL) == 0 && replicate_event_headers(NULL, NULL) == NULL);
}

static void refused(struct loopback *server) {
    int before = loopback_requests(server);
    CHECK(is_error(replicate_models_get(client, NULL, "n", REST), "invalid_input", "owner"));
    CHECK(is_error(replicate_models_get(client, "o", "a/b", REST), "invalid_input", "name"));
    CHECK(is_error(replicate_models_versions_get(client, "o", "n", "..", REST), "invalid_input", "version"));
    CHECK(is_error(replicate_collections_get(client, "", REST), "invalid_input", "slug"));
    CHECK(is_error(replicate_search(client, NULL, REST), "invalid_input", "query"));
    CHECK(is_error(replicate_models_search(client, "", REST), "invalid_input", "query"));
    CHECK(is_error(replicate_trainings_get(client, "\xff", REST), "invalid_input", "id"));
    CHECK(is_error(replicate_models_create(client, NULL, 2, REST), "invalid_input", "json"));
    CHECK(is_error(replicate_models_create(client, "[]", 2, REST), "invalid_input", "json"));
    CHECK(is_error(replicate_deployments_update(client, "o", "n", "{", 1, REST), "invalid_input", "json"));
    CHECK(is_error(replicate_trainings_create(client, "o", "n", "v", NULL, REST), "invalid_input", "input"));
    CHECK(is_error(replicate_page_get(client, NULL, REST), "invalid_input", "url"));
    replicate_event *event = answer_of(replicate_page_get(client, "https://evil.example/v1/models", REST));
    CHECK(replicate_event_kind(event) == REPLICATE_EVENT_FAILED && replicate_error_attempts(replicate_event_error(event)) == 0);
    replicate_event_free(event);
    replicate_config *options = options_of("param.sort_bye", "x");
    event = answer_of(replicate_models_list(client, options, NULL, NULL));
    CHECK(strstr(replicate_error_message(replicate_event_error(event)), "sort_by") != NULL);
    replicate_event_free(event);
    replicate_config_free(options);
    CHECK(loopback_requests(server) == before);
}

int main(void) {
    struct loopback *server = loopback_start(mirror, NULL);
    client = client_of(loopback_url(server), NULL, NULL);
    reading();
    changing();
    plain_text();
    any_call();
    refused(server);
    replicate_client_free(client);
    loopback_stop(server);
    return check_done("operations");
}
