/*
 * client.c - the client: it starts requests and hands out their events. Each request carries a number, its tag, by
 * which replicate/client.lua knows whose event it is.
 */
#include "glue.h"
#include "json.h"

#include <stdint.h>

struct client {
    replicate_client *client;
    /* The last event. It stays here while Lua may raise an error, and for client:answer. Until it was taken, which core.taken
       says, each poll gives it again: an answer may be paid for, and is not lost for the want of memory. */
    replicate_event *event;
    int is_taken;
    int tries;      /* how often it was given */
    lua_Integer serial; /* its own number: a finalizer may have taken it, and polled for another, meanwhile */
    int is_reading; /* Lua's values are being made of it: see read_event */
};

/* The methods have their metatable as an upvalue, which is quicker to compare than a name is to look up. */
static struct client *check_client(lua_State *L) {
    struct client *self = lua_touserdata(L, 1);
    if (self == NULL || !lua_getmetatable(L, 1) || !lua_rawequal(L, -1, lua_upvalueindex(1))) {
        luaL_checkudata(L, 1, GLUE_CLIENT);
        return NULL; /* not reached */
    }
    lua_pop(L, 1);
    if (self->client == NULL) {
        luaL_error(L, "this client is closed");
    }
    return self;
}

/* core.client(options) -> client | nil, error | nil, message */
static int client_new(lua_State *L) {
    lua_settop(L, 1);
    if (!glue_check_options(L, 1)) {
        return 2;
    }
    struct client *self = lua_newuserdata(L, sizeof *self);
    self->client = NULL;
    self->event = NULL;
    self->is_taken = self->tries = self->is_reading = 0;
    self->serial = 0;
    luaL_getmetatable(L, GLUE_CLIENT);
    lua_setmetatable(L, -2);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, 1, &config);
    if (error == NULL) {
        error = replicate_client_new(config, &self->client);
    }
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

/* ---- Operations: (tag, keep, arguments..., options) -> request | true | nil, error | nil, message ----------------
   The request's handle is made only if `keep` is true: what nobody can cancel needs none. */

replicate_client *glue_check_client(lua_State *L) { return check_client(L)->client; }

void *glue_tag(lua_State *L) { return (void *)(intptr_t)luaL_checkinteger(L, GLUE_TAG); }

replicate_request **glue_push_result(lua_State *L) {
    if (lua_toboolean(L, GLUE_KEEP)) {
        return glue_push_request(L);
    }
    lua_pushboolean(L, 1);
    return NULL;
}

/* An operation with an input takes one to three texts before it. */
struct input_operation {
    replicate_error *(*one)(replicate_client *, const char *, const replicate_input *, const replicate_config *, void *,
                            replicate_request **);
    replicate_error *(*two)(replicate_client *, const char *, const char *, const replicate_input *,
                            const replicate_config *, void *, replicate_request **);
    replicate_error *(*three)(replicate_client *, const char *, const char *, const char *, const replicate_input *,
                              const replicate_config *, void *, replicate_request **);
    const char *names[3];
};

/* (tag, keep, text[, text[, text]], input, fields, options) */
static int start_with_input(lua_State *L, const struct input_operation *operation) {
    struct client *self = check_client(L);
    void *tag = glue_tag(L);
    int texts = operation->three != NULL ? 3 : operation->two != NULL ? 2 : 1;
    int options = GLUE_FIRST + texts + 2;
    lua_settop(L, options);
    const char *text[3] = {NULL, NULL, NULL};
    for (int i = 0; i < texts; i++) {
        if ((text[i] = glue_text(L, GLUE_FIRST + i, operation->names[i])) == NULL) {
            return 2;
        }
    }
    if (!glue_check_options(L, options)) {
        return 2;
    }
    struct glue_input encoded;
    if (!glue_encode_input(L, GLUE_FIRST + texts, GLUE_FIRST + texts + 1, &encoded)) {
        lua_pushboolean(L, lua_istable(L, -1)); /* an error of a file, which is not the program's fault */
        return 3;
    }
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_input *input = NULL;
    replicate_error *error = glue_make_config(L, options, &config);
    if (error == NULL) {
        error = glue_make_input(L, &encoded, &input);
    }
    if (error == NULL && operation->three != NULL) {
        error = operation->three(self->client, text[0], text[1], text[2], input, config, tag, request);
    } else if (error == NULL && operation->two != NULL) {
        error = operation->two(self->client, text[0], text[1], input, config, tag, request);
    } else if (error == NULL) {
        error = operation->one(self->client, text[0], input, config, tag, request);
    }
    glue_free_files(L, &encoded);
    replicate_input_free(input);
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

static int client_run(lua_State *L) {
    static const struct input_operation operation = {replicate_run, NULL, NULL, {"the model reference", NULL, NULL}};
    return start_with_input(L, &operation);
}

static int client_stream(lua_State *L) {
    static const struct input_operation operation = {replicate_stream, NULL, NULL, {"the model reference", NULL, NULL}};
    return start_with_input(L, &operation);
}

static int client_predictions_create(lua_State *L) {
    static const struct input_operation operation = {replicate_predictions_create, NULL, NULL, {"version", NULL, NULL}};
    return start_with_input(L, &operation);
}

static int client_models_predictions_create(lua_State *L) {
    static const struct input_operation operation = {NULL, replicate_models_predictions_create, NULL, {"owner", "name", NULL}};
    return start_with_input(L, &operation);
}

static int client_deployments_predictions_create(lua_State *L) {
    static const struct input_operation operation = {NULL, replicate_deployments_predictions_create, NULL, {"owner", "name", NULL}};
    return start_with_input(L, &operation);
}

static int client_trainings_create(lua_State *L) {
    static const struct input_operation operation = {NULL, NULL, replicate_trainings_create, {"owner", "name", "version"}};
    return start_with_input(L, &operation);
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

/* Not while it is read: what frees it then is the end of that. */
static void free_event(struct client *self) {
    if (!self->is_reading) {
        replicate_event_free(self->event);
        self->event = NULL;
    }
}

/* Calls the function of the registry's `name` with the client and the value at `argument`, and pushes its results; returns what
   lua_pcall does. All that it makes of the event's borrowed texts may have the collector run a finalizer, which may close this
   client: the event stays until the function has ended, by an error too. */
static int read_event(lua_State *L, struct client *self, const char *name, int argument, int results) {
    luaL_checkstack(L, 4, "an event");
    lua_pushvalue(L, argument);
    lua_getfield(L, LUA_REGISTRYINDEX, name);
    lua_insert(L, -2);
    lua_pushlightuserdata(L, self);
    lua_insert(L, -2);
    int was_reading = self->is_reading;
    self->is_reading = 1;
    int status = lua_pcall(L, 2, results, 0);
    self->is_reading = was_reading;
    if (self->client == NULL) {
        free_event(self);
    }
    return status;
}

/* Pushes a list of a stream's events: { event =, data =, id = }, each with the metatable that makes it its data as a string. */
static void push_stream(lua_State *L, const replicate_event *event) {
    size_t count = replicate_event_stream_count(event);
    lua_createtable(L, (int)(count < INT32_MAX ? count : 0), 0);
    luaL_getmetatable(L, GLUE_STREAM_EVENT);
    lua_pushnil(L);
    lua_insert(L, -2);
    const int type_at = lua_gettop(L) - 1;
    const char *last_type = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *type = NULL;
        const char *data = NULL;
        const char *id = NULL;
        size_t length = 0;
        if (!replicate_event_stream_item(event, i, &type, &data, &length, &id)) {
            break;
        }
        lua_createtable(L, 0, 3);
        lua_pushlstring(L, data, length);
        lua_setfield(L, -2, "data");
        /* Of a run of events with one type the core has its text once. */
        if (type != last_type) {
            lua_pushstring(L, type);
            lua_replace(L, type_at);
            last_type = type;
        }
        lua_pushvalue(L, type_at);
        lua_setfield(L, -2, "event");
        if (id[0] != '\0') {
            lua_pushstring(L, id);
            lua_setfield(L, -2, "id");
        }
        lua_pushvalue(L, -2);
        lua_setmetatable(L, -2);
        compat_rawseti(L, -4, (lua_Integer)i + 1);
    }
    lua_pop(L, 2);
}

static int stream_event_tostring(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "data");
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pushliteral(L, "");
    }
    return 1;
}

/* Pushes the event's value; returns the word for its kind. */
static const char *push_value(lua_State *L, const replicate_event *event) {
    int kind = replicate_event_kind(event);
    const char *word = kind == REPLICATE_EVENT_UPDATED ? "updated" : kind == REPLICATE_EVENT_REQUEST ? "request"
                     : kind == REPLICATE_EVENT_RESPONSE ? "response" : kind == REPLICATE_EVENT_RETRY ? "retry"
                     : kind == REPLICATE_EVENT_UPLOAD ? "upload" : "done";
    if (kind == REPLICATE_EVENT_FAILED) {
        glue_push_error(L, replicate_event_error(event));
        return "failed";
    }
    if (kind == REPLICATE_EVENT_STREAM) {
        push_stream(L, event);
        return "stream";
    }
    size_t length = 0;
    if (kind == REPLICATE_EVENT_CHUNK) {
        const char *bytes = replicate_event_bytes(event, &length);
        lua_pushlstring(L, bytes != NULL ? bytes : "", length);
        return "chunk";
    }
    const char *json = replicate_event_json(event, &length);
    if (json == NULL || !json_decode(L, json, length)) {
        if (json == NULL) {
            lua_pushliteral(L, "the event has no JSON");
        }
        glue_wrap_message(L, "protocol");
        return kind == REPLICATE_EVENT_DONE ? "failed" : "unreadable";
    }
    return word;
}

/* (client) -> value, word */
static int read_value(lua_State *L) {
    const struct client *self = lua_touserdata(L, 1);
    lua_pushstring(L, push_value(L, self->event));
    return 2;
}

/* (client) -> the headers, or nil */
static int read_headers(lua_State *L) {
    const struct client *self = lua_touserdata(L, 1);
    size_t length = 0;
    const char *headers = replicate_event_headers(self->event, &length);
    return headers != NULL && json_decode(L, headers, length);
}

/* (client, pointer) -> text, or nil */
static int read_text(lua_State *L) {
    const struct client *self = lua_touserdata(L, 1);
    size_t length = 0;
    const replicate_error *error = replicate_event_error(self->event);
    const char *text = error != NULL ? replicate_error_prediction(error, &length)
                                     : replicate_event_value(self->event, luaL_optstring(L, 2, ""), &length);
    if (text == NULL) {
        return 0;
    }
    lua_pushlstring(L, text, length);
    return 1;
}

/* (client) -> bytes, or nil */
static int read_bytes(lua_State *L) {
    const struct client *self = lua_touserdata(L, 1);
    size_t length = 0;
    const char *bytes = replicate_event_bytes(self->event, &length);
    if (bytes == NULL) {
        return 0;
    }
    lua_pushlstring(L, bytes, length);
    return 1;
}

/* They are in the registry, for to push a function of C takes memory in Lua 5.1. */
#define READ_VALUE "replicate.core.read_value"
#define READ_HEADERS "replicate.core.read_headers"
#define READ_TEXT "replicate.core.read_text"
#define READ_BYTES "replicate.core.read_bytes"

/* Pushes the event's value, and the kind's word. What is too large for the memory that there is would come for ever: when it
   was given before, a value that is whole by itself becomes an error. Pieces of a stream or a file do not: none may be missing. */
static void push_event(lua_State *L, struct client *self) {
    int kind = replicate_event_kind(self->event);
    int is_again = self->tries++ > 0;
    if (read_event(L, self, READ_VALUE, 1, 2) != 0) {
        if (!is_again || kind == REPLICATE_EVENT_STREAM || kind == REPLICATE_EVENT_CHUNK) {
            lua_error(L);
        }
        lua_pushliteral(L, "there is not enough memory for the answer");
        lua_replace(L, -2);
        glue_wrap_message(L, "internal");
        lua_pushstring(L, kind == REPLICATE_EVENT_DONE || kind == REPLICATE_EVENT_FAILED ? "failed" : "unreadable");
    }
}

/* client:poll(timeout_ms) -> tag, "updated" | "upload" | "stream" | "chunk" | "done" | "failed" | "request" | "response" |
   "retry", value, serial; nothing when there is no event. An error is raised: whoever waits would wait for ever. The stack has the room
   that every C function is given. ("unreadable" is an update whose JSON Lua cannot hold; its value is the reason.) */
static int client_poll(lua_State *L) {
    struct client *self = check_client(L);
    int32_t timeout = (int32_t)lua_tointeger(L, 2);
    if (self->is_reading) {
        return luaL_error(L, "this client is in the midst of a poll, whose collector runs this finalizer");
    }
    if (self->event != NULL && self->is_taken) {
        free_event(self);
    }
    if (self->event == NULL) {
        self->is_taken = self->tries = 0;
        replicate_error *error = replicate_client_poll(self->client, timeout, &self->event);
        if (error != NULL) {
            glue_fail(L, error);
            return lua_error(L);
        }
        if (self->event == NULL) {
            return 0;
        }
        self->serial++;
    }
    lua_Integer serial = self->serial;
    lua_pushinteger(L, (lua_Integer)(intptr_t)replicate_event_user_data(self->event));
    push_event(L, self);
    lua_insert(L, -2);
    lua_pushinteger(L, serial);
    return 4;
}

/* core.taken(client, serial) -> true: what the event asks for has been done, as far as it can be lost; false if it was taken
   before. */
static int client_taken(lua_State *L) {
    struct client *self = check_client(L);
    int is_first = self->event != NULL && !self->is_taken && lua_tointeger(L, 2) == self->serial;
    self->is_taken |= is_first;
    lua_pushboolean(L, is_first);
    return 1;
}

/* client:answer() -> status, headers: of the event that the last poll gave, where it has them */
static int client_answer(lua_State *L) {
    struct client *self = check_client(L);
    int status = replicate_event_status(self->event);
    if (status == 0) {
        return 0;
    }
    luaL_checkstack(L, 1, "an answer");
    lua_pushinteger(L, status);
    return read_event(L, self, READ_HEADERS, 1, 1) == 0 ? 2 : lua_error(L);
}

/* client:text([pointer]) -> the JSON text of the event that the last poll gave, or at a JSON Pointer in it; of an error, of
   its prediction; else nil */
static int client_text(lua_State *L) {
    struct client *self = check_client(L);
    lua_settop(L, 2);
    return read_event(L, self, READ_TEXT, 2, 1) == 0 ? 1 : lua_error(L);
}

/* client:bytes() -> the bytes of the event that the last poll gave, if it was of a download into memory */
static int client_bytes(lua_State *L) {
    struct client *self = check_client(L);
    return read_event(L, self, READ_BYTES, 1, 1) == 0 ? 1 : lua_error(L);
}

/* client:pollfd() -> descriptor | nil, error */
static int client_pollfd(lua_State *L) {
    struct client *self = check_client(L);
    int32_t descriptor = -1;
    replicate_error *error = replicate_client_fd(self->client, &descriptor);
    if (error != NULL) {
        return glue_fail(L, error);
    }
    lua_pushinteger(L, descriptor);
    return 1;
}

static int client_wakeup(lua_State *L) {
    struct client *self = check_client(L);
    replicate_error *error = replicate_client_wakeup(self->client);
    return error == NULL ? 0 : glue_fail(L, error);
}

/* Frees the client; every method but this one raises an error afterwards. */
static int client_close(lua_State *L) {
    struct client *self = luaL_checkudata(L, 1, GLUE_CLIENT);
    free_event(self);
    replicate_client_free(self->client);
    self->client = NULL;
    return 0;
}

void glue_open_client(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"run", client_run},
        {"stream", client_stream},
        {"predictions_create", client_predictions_create},
        {"models_predictions_create", client_models_predictions_create},
        {"deployments_predictions_create", client_deployments_predictions_create},
        {"trainings_create", client_trainings_create},
        {"poll", client_poll},
        {"taken", client_taken},
        {"answer", client_answer},
        {"text", client_text},
        {"bytes", client_bytes},
        {"pollfd", client_pollfd},
        {"wakeup", client_wakeup},
        {"close", client_close},
        {NULL, NULL},
    };
    static const luaL_Reg metamethods[] = {{"__gc", client_close}, {NULL, NULL}};
    static const luaL_Reg none[] = {{NULL, NULL}};
    static const luaL_Reg event_metamethods[] = {{"__tostring", stream_event_tostring}, {NULL, NULL}};
    glue_new_type(L, GLUE_STREAM_EVENT, none, event_metamethods);
    glue_new_type(L, GLUE_CLIENT, none, metamethods);
    luaL_getmetatable(L, GLUE_CLIENT);
    lua_getfield(L, -1, "__index");
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, methods, 1);
    lua_getfield(L, -1, "poll");
    lua_setfield(L, -4, "poll"); /* core.poll(client, timeout_ms), for the one that is called in every frame */
    lua_getfield(L, -1, "taken");
    lua_setfield(L, -4, "taken");
    lua_pop(L, 2);
    lua_pushcfunction(L, read_value);
    lua_setfield(L, LUA_REGISTRYINDEX, READ_VALUE);
    lua_pushcfunction(L, read_headers);
    lua_setfield(L, LUA_REGISTRYINDEX, READ_HEADERS);
    lua_pushcfunction(L, read_text);
    lua_setfield(L, LUA_REGISTRYINDEX, READ_TEXT);
    lua_pushcfunction(L, read_bytes);
    lua_setfield(L, LUA_REGISTRYINDEX, READ_BYTES);
    lua_pushcfunction(L, client_new);
    lua_setfield(L, -2, "client");
}
