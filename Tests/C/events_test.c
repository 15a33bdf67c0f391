/* Proves: the accessors of events on an answer with everything that JSON has: types, escapes, NUL, integers that a double
   would spoil, unusual keys, pointers that lead nowhere; and that fields nobody knows arrive as they were sent. */
#include "check.h"
#include "loopback.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* A key of every kind; "id" and "status" make it a prediction. */
static const char answer[] =
    "{\"id\":\"x\",\"status\":\"succeeded\", \"output\" : [ 1 , \"two\" , [true,false,null] , {\"a\":{}} ],"
    "\"big\":12345678901234567,\"most\":9223372036854775807,\"least\":-9223372036854775808,\"over\":9223372036854775808,"
    "\"zero\":-0,\"float\":1.0,\"power\":1e3,\"tiny\":5e-324,\"huge\":1e999,\"tenth\":0.1,"
    "\"text\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83e\\udd8a\\u0000z\",\"half\":\"\\ud800\",\"plain\":\"Gr\xc3\xbc\xc3\x9f" "e\","
    "\"yes\":true,\"no\":false,\"nothing\":null,\"empty\":\"\",\"none\":[],\"void\":{},"
    "\"a/b\":1,\"m~n\":2,\"\":3,\" \":4,\"k\\u0022\":5,\"~1\":6,\"01\":7,"
    "\"\xcc\x81x\":8,\"\xc3\xa9\":9,\"e\xcc\x81\":10,\"e\xcc\x81!\":12,\"\\u00e9\\u0021\":11,"
    "\"twice\":1,\"twice\":2,\"urls\":{\"get\":\"https://x/y\"}}";

static replicate_event *event;

static void string_is(const char *pointer, const char *wanted, size_t wanted_length) {
    size_t length = 12345;
    const char *text = replicate_event_string(event, pointer, &length);
    if (!CHECK(text != NULL && length == wanted_length && memcmp(text, wanted, length + 1) == 0)) fprintf(stderr, "  at %s: %s\n", pointer, text ? text : "NULL");
    CHECK(replicate_event_string(event, pointer, NULL) == text); /* stays where it is */
    CHECK(replicate_event_type(event, pointer) == REPLICATE_JSON_STRING);
}

static void integer_is(const char *pointer, int has, int64_t wanted) {
    int64_t value = 4711;
    if (!CHECK(replicate_event_integer(event, pointer, &value) == has && value == (has ? wanted : 4711))) fprintf(stderr, "  at %s: %lld\n", pointer, (long long)value);
}

static void value_is(const char *pointer, const char *wanted) {
    size_t length = 12345;
    const char *text = replicate_event_value(event, pointer, &length);
    int right = wanted == NULL ? text == NULL && length == 0 : text != NULL && strcmp(text, wanted) == 0 && length == strlen(wanted);
    if (!CHECK(right)) fprintf(stderr, "  at %s: %s\n", pointer, text ? text : "NULL");
}

static void scalars(void) {
    double number = 0;
    int32_t boolean = 7;
    integer_is("/big", 1, 12345678901234567), integer_is("/most", 1, INT64_MAX), integer_is("/least", 1, INT64_MIN);
    integer_is("/zero", 1, 0), integer_is("/output/0", 1, 1), integer_is("/twice", 1, 2);
    integer_is("/over", 0, 0), integer_is("/float", 0, 0), integer_is("/power", 0, 0), integer_is("/text", 0, 0);
    integer_is("/yes", 0, 0), integer_is("/nothing", 0, 0), integer_is("/missing", 0, 0), integer_is("", 0, 0);
    CHECK(replicate_event_number(event, "/power", &number) == 1 && number == 1000);
    CHECK(replicate_event_number(event, "/tenth", &number) == 1 && number == 0.1);
    CHECK(replicate_event_number(event, "/tiny", &number) == 1 && number == 5e-324);
    CHECK(replicate_event_number(event, "/over", &number) == 1 && number == 9223372036854775808.0);
    CHECK(replicate_event_number(event, "/zero", &number) == 1 && number == 0 && signbit(number));
    int has = replicate_event_number(event, "/huge", &number);
    CHECK(has == 0 || isinf(number));
    number = 7;
    CHECK(replicate_event_number(event, "/text", &number) == 0 && replicate_event_number(event, "/yes", &number) == 0 && number == 7);
    CHECK(replicate_event_boolean(event, "/yes", &boolean) == 1 && boolean == 1);
    CHECK(replicate_event_boolean(event, "/no", &boolean) == 1 && boolean == 0);
    CHECK(replicate_event_boolean(event, "/zero", &boolean) == 0 && replicate_event_boolean(event, "/nothing", &boolean) == 0);
    CHECK(replicate_event_integer(event, "/big", NULL) == 0 && replicate_event_number(event, "/big", NULL) == 0);
    CHECK(replicate_event_boolean(event, "/yes", NULL) == 0);
    string_is("/text", "a\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\xa6\x8a\0z", 17);
    string_is("/half", "\xef\xbf\xbd", 3), string_is("/plain", "Gr\xc3\xbc\xc3\x9f" "e", 7), string_is("/empty", "", 0);
    string_is("/urls/get", "https://x/y", 11), string_is("/output/1", "two", 3);
    size_t length = 7;
    CHECK(replicate_event_string(event, "/big", &length) == NULL && length == 0 && replicate_event_string(event, "", NULL) == NULL);
}

static void places(void) {
    static const struct { const char *pointer; int32_t type; size_t count; } rows[] = {
        {"", REPLICATE_JSON_OBJECT, 37}, {"/output", REPLICATE_JSON_ARRAY, 4}, {"/output/2", REPLICATE_JSON_ARRAY, 3}, {"/output/2/2", REPLICATE_JSON_NULL, 0},
        {"/output/3/a", REPLICATE_JSON_OBJECT, 0}, {"/none", REPLICATE_JSON_ARRAY, 0}, {"/void", REPLICATE_JSON_OBJECT, 0},
        {"/yes", REPLICATE_JSON_BOOLEAN, 0}, {"/nothing", REPLICATE_JSON_NULL, 0}, {"/big", REPLICATE_JSON_NUMBER, 0}, {"/text", REPLICATE_JSON_STRING, 0},
    };
    static const char *const nowhere[] = {"/missing", "output", " ", "/output/4", "/output/-1", "/output/01", "/output/+1", "/output/-", "/output/",
        "/output/1/0", "/output/99999999999999999999999", "/output/1e0", "/nothing/x", "//", "/m~", "/m~2n", "/a/b", "/urls/get/", "/URLS", "#/urls", "/\xff", "\xff",
        "/output/\xd9\xa1", "/output/0 "};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!CHECK(replicate_event_type(event, rows[i].pointer) == rows[i].type && replicate_event_count(event, rows[i].pointer) == rows[i].count))
            fprintf(stderr, "  at %s: %zu\n", rows[i].pointer, replicate_event_count(event, rows[i].pointer));
    }
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        const char *pointer = nowhere[i];
        if (!CHECK(replicate_event_type(event, pointer) == REPLICATE_JSON_NONE)) fprintf(stderr, "  at %s\n", pointer);
        value_is(pointer, NULL), integer_is(pointer, 0, 0);
        CHECK(replicate_event_string(event, pointer, NULL) == NULL && replicate_event_count(event, pointer) == 0);
    }
    CHECK(replicate_event_type(event, NULL) == REPLICATE_JSON_NONE && replicate_event_value(event, NULL, NULL) == NULL);
    CHECK(replicate_event_string(event, NULL, NULL) == NULL && replicate_event_count(event, NULL) == 0);
    integer_is(NULL, 0, 0);

    integer_is("/a~1b", 1, 1), integer_is("/m~0n", 1, 2), integer_is("/", 1, 3), integer_is("/ ", 1, 4), integer_is("/k\"", 1, 5);
    integer_is("/~01", 1, 6), integer_is("/01", 1, 7);
    /* Names are compared as they are written, not as they look; a mark after the slash belongs to the name. */
    integer_is("/\xcc\x81x", 1, 8), integer_is("/\xc3\xa9", 1, 9), integer_is("/e\xcc\x81", 1, 10);
    integer_is("/\xc3\xa9!", 1, 11), integer_is("/e\xcc\x81!", 1, 12);
    value_is("/\xc3\xa9", "9"), value_is("/e\xcc\x81", "10");

    value_is("/output/2", "[true,false,null]"), value_is("/output", "[ 1 , \"two\" , [true,false,null] , {\"a\":{}} ]");
    value_is("/big", "12345678901234567"), value_is("/float", "1.0"), value_is("/huge", "1e999"), value_is("/zero", "-0");
    value_is("/half", "\"\\ud800\""), value_is("/nothing", "null"), value_is("", answer);
}

int main(void) {
    struct loopback *server = loopback_start(loopback_json, (void *)(uintptr_t)answer);
    replicate_client *client = client_of(loopback_url(server), NULL, NULL);
    replicate_request *request = NULL;
    size_t length = 0;
    int user;
    CHECK(fine(replicate_predictions_get(client, "x", NULL, &user, &request)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_kind(event) == REPLICATE_EVENT_DONE);
    CHECK(replicate_event_user_data(event) == &user && replicate_event_is_of(event, request) && replicate_event_error(event) == NULL);
    CHECK(replicate_event_json(event, NULL) != NULL && replicate_event_json(event, &length) != NULL && length == sizeof answer - 1);
    CHECK(replicate_event_json(event, NULL) == replicate_event_value(event, "", NULL));
    replicate_request_free(request);
    CHECK(replicate_event_is_of(event, request) == 0);
    scalars();
    places();
    replicate_event_free(event);
    CHECK(fine(replicate_predictions_get(client, "x", NULL, NULL, NULL)));
    CHECK(fine(replicate_client_poll(client, 10000, &event)) && replicate_event_user_data(event) == NULL);
    replicate_client_free(client);
    replicate_event_free(event);
    loopback_stop(server);
    return check_done("events");
}
