/* Proves: each option takes its range and refuses what is outside of it, at once and by name; NULL takes an option back,
   or means "none"; options of a call are refused for a client and the other way round; a missing token is an "auth" error. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <stdlib.h>
#include <unistd.h>

struct row {
    const char *name;
    const char *good[6];
    const char *bad[12];
};

static const struct row rows[] = {
    {"connections_per_host", {"1", "64", "4096"}, {"0", "4097", "-1", "", "x", "1.5", " 1", "1 ", "0x10", "99999999999999999999"}},
    {"connect_timeout_ms", {"1", "10000", "2147483647"}, {"0", "-1", "2147483648", "", "1s", "1e3"}},
    {"idle_timeout_ms", {"1", "60000", "2147483647"}, {"0", "-1", "2147483648", "", "nan", "inf"}},
    {"timeout_ms", {"1", "60000", "2147483647"}, {"0", "-1", "2147483648", "", "true"}},
    {"max_retries", {"0", "2", "100"}, {"-1", "101", "", "two", "9223372036854775808", "-9223372036854775809"}},
    {"poll_interval_ms", {"10", "500", "3600000"}, {"9", "0", "3600001", ""}},
    {"wait", {"1", "30", "60"}, {"0", "61", "-1", "", "60s"}},
    {"cancel_after", {"5", "90s", "5m", "1h30m", "1h30m45s", "5s"},
     {"4", "0", "", "s", "1s30m", "1h1h", "90x", "-5", "5.5", "1d", "99999999999999999999h", "9223372036854775807h"}},
    {"retry_delay_ms", {"1", "500", "60000"}, {"0", "60001", ""}},
    {"max_retry_wait_ms", {"0", "60000", "86400000"}, {"-1", "86400001", ""}},
    {"max_response_bytes", {"1024", "1073741824"}, {"1023", "1073741825", ""}},
    {"max_header_bytes", {"1024", "16777216"}, {"1023", "16777217", ""}},
    {"max_error_bytes", {"1024", "16777216"}, {"1023", "16777217", ""}},
    {"max_event_bytes", {"1024", "1073741824"}, {"1023", "1073741825", ""}},
    {"max_json_depth", {"1", "512"}, {"0", "513", "-1", ""}},
    {"max_redirects", {"0", "50"}, {"-1", "51", ""}},
    {"private_addresses", {"allow", "refuse"}, {"deny", "", "Allow"}},
    {"updates", {"0", "1"}, {"2", "-1", "", "true"}},
    {"chunks", {"0", "1"}, {"2", "-1", "", "true"}},
};

static void ranges(void) {
    replicate_config *config = options_of("auth", "x");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        for (size_t j = 0; j < 6 && row->good[j] != NULL; j++) CHECK(fine(replicate_config_set(config, row->name, row->good[j])));
        for (size_t j = 0; j < 12 && row->bad[j] != NULL; j++)
            CHECK(is_error(replicate_config_set(config, row->name, row->bad[j]), "invalid_input", row->name));
        CHECK(fine(replicate_config_set(config, row->name, NULL)));
    }
    static const char *const unknown[] = {"", "Auth", "auth ", "timeout", "wait_ms", "base-url", "\n", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        CHECK(is_error(replicate_config_set(config, unknown[i], "1"), "invalid_input", "option"));
        CHECK(is_error(replicate_config_set(config, unknown[i], NULL), "invalid_input", "option"));
    }
    replicate_config_free(config);
}

static replicate_error *client_with(const char *name, const char *value, replicate_client **client) {
    replicate_config *config = options_of("base_url", "http://127.0.0.1:9/v1");
    replicate_error *error = replicate_config_set(config, "auth", CANARY_TOKEN);
    if (error == NULL) error = replicate_config_set(config, name, value);
    *client = NULL;
    if (error == NULL) {
        *client = (replicate_client *)(void *)&config;
        error = replicate_client_new(config, client);
    }
    replicate_config_free(config);
    return error;
}

static void client_options(void) {
    static const char *const of_calls[][2] = {{"wait", "5"}, {"cancel_after", "5"}, {"updates", "1"}, {"wait", NULL}};
    static const char *const bad_urls[] = {"", "x", "ftp://127.0.0.1/", "http://example.com/v1", "https://",
                                           "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "https://a b/", "https://a\r\nb/",
                                           "http://127.0.0.1.example.com/", "http://localhost.example.com/"};
    static const char *const bad_agents[] = {"a\r\nX: y", "\n", "a\x7f", "\x01"};
    static const char *const bad_tokens[] = {"", " ", "a b", "a\r\nX: y", "\xc3\xa9", "a\x7f"};
    replicate_client *client;
    for (size_t i = 0; i < sizeof of_calls / sizeof *of_calls; i++)
        CHECK(is_error(client_with(of_calls[i][0], of_calls[i][1], &client), "invalid_input", of_calls[i][0]) && client == NULL);
    for (size_t i = 0; i < sizeof bad_urls / sizeof *bad_urls; i++) {
        if (!CHECK(is_error(client_with("base_url", bad_urls[i], &client), "invalid_input", "base_url") && client == NULL))
            fprintf(stderr, "  base_url %s\n", bad_urls[i]);
    }
    for (size_t i = 0; i < sizeof bad_agents / sizeof *bad_agents; i++)
        CHECK(is_error(client_with("user_agent", bad_agents[i], &client), "invalid_input", "user_agent") && client == NULL);
    for (size_t i = 0; i < sizeof bad_tokens / sizeof *bad_tokens; i++)
        CHECK(is_error(client_with("auth", bad_tokens[i], &client), "auth", "token") && client == NULL);
    CHECK(fine(client_with("auth", NULL, &client)) && client != NULL); /* none, on purpose */
    replicate_client_free(client);
}

static void environment(void) {
    replicate_client *client = (replicate_client *)(void *)&client;
    replicate_config *config = options_of("base_url", "http://127.0.0.1:9/v1");
    unsetenv("REPLICATE_API_TOKEN");
    CHECK(is_error(replicate_client_new(NULL, &client), "auth", "REPLICATE_API_TOKEN") && client == NULL);
    char path[] = "/tmp/replicate-env-XXXXXX";
    int file = mkstemp(path);
    CHECK(dprintf(file, "# mine\nREPLICATE_API_TOKEN='" CANARY_TOKEN "'\n") > 0 && close(file) == 0);
    CHECK(fine(replicate_config_set(config, "env_file", path)));
    CHECK(fine(replicate_client_new(config, &client)) && client != NULL); /* there is no other token */
    replicate_client_free(client);
    CHECK(fine(replicate_config_set(config, "env_file", NULL)));
    unlink(path);
    CHECK(fine(client_with("env_file", path, &client)) && client != NULL); /* there need be none */
    replicate_client_free(client);
    CHECK(is_error(client_with("env_file", "/proc", &client), "invalid_input", "env_file") && client == NULL);
    CHECK(is_error(client_with("env_file", "/dev/zero", &client), "invalid_input", "65536") && client == NULL);
    setenv("REPLICATE_API_TOKEN", "", 1);
    CHECK(is_error(replicate_client_new(config, &client), "auth", "REPLICATE_API_TOKEN") && client == NULL);
    setenv("REPLICATE_API_TOKEN", CANARY_TOKEN "\n", 1);
    CHECK(fine(replicate_client_new(config, &client)) && client != NULL);
    replicate_client_free(client);
    setenv("REPLICATE_BASE_URL", "gopher://x", 1);
    CHECK(is_error(replicate_client_new(NULL, &client), "invalid_input", NULL) && client == NULL);
    CHECK(fine(replicate_client_new(config, &client))); /* the option wins */
    replicate_client_free(client);
    unsetenv("REPLICATE_BASE_URL");
    CHECK(fine(replicate_client_new(NULL, &client)));
    replicate_client_free(client);
    replicate_config_free(config);
}

/* Options that belong to a client alone, and a call's options that hold for that call. */
static void call_options(void) {
    static const char *const of_clients[][2] = {{"auth", "x"}, {"base_url", "https://x/"}, {"env_file", "x"}, {"user_agent", "x"}, {"connections_per_host", "1"}};
    struct loopback *server = loopback_start(loopback_silent, NULL);
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    for (size_t i = 0; i < sizeof of_clients / sizeof *of_clients; i++) {
        replicate_config *options = options_of(of_clients[i][0], of_clients[i][1]);
        CHECK(is_error(replicate_predictions_get(client, "i", options, NULL, NULL), "invalid_input", of_clients[i][0]));
        replicate_config_free(options);
    }
    replicate_config *options = options_of("timeout_ms", "50");
    replicate_event *event = NULL;
    CHECK(fine(replicate_predictions_get(client, "i", options, NULL, NULL)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_FAILED);
    const char *kind = replicate_error_kind(replicate_event_error(event));
    CHECK(kind != NULL && kind[0] == 't' && kind[1] == 'i'); /* timeout */
    CHECK(replicate_error_attempts(replicate_event_error(event)) >= 1);
    replicate_event_free(event);
    replicate_config_free(options);
    replicate_client_free(client);
    loopback_stop(server);
}

int main(void) {
    ranges();
    client_options();
    call_options();
    environment();
    return check_done("options");
}
