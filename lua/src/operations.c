/*
 * operations.c - the operations that take texts, and perhaps a JSON object: a line each.
 *
 * In Lua each is client:NAME(tag, keep, text..., [object,] options) -> request | true | nil, error | nil, message.
 */
#include "glue.h"
#include "json.h"

typedef replicate_error *operation_0(replicate_client *, const replicate_config *, void *, replicate_request **);
typedef replicate_error *operation_1(replicate_client *, const char *, const replicate_config *, void *,
                                     replicate_request **);
typedef replicate_error *operation_2(replicate_client *, const char *, const char *, const replicate_config *, void *,
                                     replicate_request **);
typedef replicate_error *operation_3(replicate_client *, const char *, const char *, const char *,
                                     const replicate_config *, void *, replicate_request **);
typedef replicate_error *operation_0_json(replicate_client *, const char *, size_t, const replicate_config *, void *,
                                          replicate_request **);
typedef replicate_error *operation_2_json(replicate_client *, const char *, const char *, const char *, size_t,
                                          const replicate_config *, void *, replicate_request **);

struct operation {
    const char *name;
    int texts;
    int json;
    const char *arguments[3];
    union {
        operation_0 *of_0;
        operation_1 *of_1;
        operation_2 *of_2;
        operation_3 *of_3;
        operation_0_json *of_0_json;
        operation_2_json *of_2_json;
    } start;
};

#define NONE(name) {#name, 0, 0, {NULL, NULL, NULL}, {.of_0 = replicate_##name}}
#define ONE(name, a) {#name, 1, 0, {a, NULL, NULL}, {.of_1 = replicate_##name}}
#define TWO(name, a, b) {#name, 2, 0, {a, b, NULL}, {.of_2 = replicate_##name}}
#define THREE(name, a, b, c) {#name, 3, 0, {a, b, c}, {.of_3 = replicate_##name}}
#define NONE_JSON(name) {#name, 0, 1, {NULL, NULL, NULL}, {.of_0_json = replicate_##name}}
#define TWO_JSON(name, a, b) {#name, 2, 1, {a, b, NULL}, {.of_2_json = replicate_##name}}

static const struct operation operations[] = {
    ONE(wait, "the prediction id"),
    ONE(trainings_wait, "the training id"),
    ONE(predictions_get, "id"),
    NONE(predictions_list),
    ONE(predictions_cancel, "id"),
    ONE(page_get, "page"),
    NONE(account_get),
    NONE(hardware_list),
    ONE(search, "query"),
    NONE(webhooks_default_secret_get),
    NONE(collections_list),
    ONE(collections_get, "slug"),
    NONE(models_list),
    ONE(models_search, "query"),
    TWO(models_get, "owner", "name"),
    NONE_JSON(models_create),
    TWO_JSON(models_update, "owner", "name"),
    TWO(models_delete, "owner", "name"),
    TWO(models_examples_list, "owner", "name"),
    TWO(models_readme_get, "owner", "name"),
    TWO(models_versions_list, "owner", "name"),
    THREE(models_versions_get, "owner", "name", "version"),
    THREE(models_versions_delete, "owner", "name", "version"),
    NONE(deployments_list),
    TWO(deployments_get, "owner", "name"),
    NONE_JSON(deployments_create),
    TWO_JSON(deployments_update, "owner", "name"),
    TWO(deployments_delete, "owner", "name"),
    ONE(trainings_get, "id"),
    NONE(trainings_list),
    ONE(trainings_cancel, "id"),
    NONE(files_list),
    ONE(files_get, "id"),
    ONE(files_delete, "id"),
};

static replicate_error *start(const struct operation *operation, replicate_client *client, const char *const *text,
                              const char *json, size_t length, const replicate_config *config, void *tag,
                              replicate_request **request) {
    switch (operation->texts + (operation->json ? 10 : 0)) {
    case 0: return operation->start.of_0(client, config, tag, request);
    case 1: return operation->start.of_1(client, text[0], config, tag, request);
    case 2: return operation->start.of_2(client, text[0], text[1], config, tag, request);
    case 3: return operation->start.of_3(client, text[0], text[1], text[2], config, tag, request);
    case 10: return operation->start.of_0_json(client, json, length, config, tag, request);
    default: return operation->start.of_2_json(client, text[0], text[1], json, length, config, tag, request);
    }
}

/* Upvalues: the client's metatable, and the row. */
static int call(lua_State *L) {
    const struct operation *operation = lua_touserdata(L, lua_upvalueindex(2));
    replicate_client *client = glue_check_client(L);
    void *tag = glue_tag(L);
    int object = GLUE_FIRST + operation->texts;
    int options = object + operation->json;
    lua_settop(L, options);
    const char *text[3] = {NULL, NULL, NULL};
    for (int i = 0; i < operation->texts; i++) {
        if ((text[i] = glue_text(L, GLUE_FIRST + i, operation->arguments[i])) == NULL) {
            return 2;
        }
    }
    if (!glue_check_options(L, options)) {
        return 2;
    }
    const char *json = NULL;
    size_t length = 0;
    if (operation->json) {
        if (!json_encode(L, object, "the options")) {
            glue_misuse(L);
            return 2;
        }
        json = lua_tolstring(L, -1, &length);
    }
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, options, &config);
    if (error == NULL) {
        error = start(operation, client, text, json, length, config, tag, request);
    }
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

/* client:call(tag, keep, method, path, body or nil, options): the body is a string, as it goes out. */
static int call_any(lua_State *L) {
    replicate_client *client = glue_check_client(L);
    void *tag = glue_tag(L);
    lua_settop(L, GLUE_FIRST + 3);
    const char *method = glue_text(L, GLUE_FIRST, "method");
    if (method == NULL) {
        return 2;
    }
    const char *path = glue_text(L, GLUE_FIRST + 1, "the route");
    if (path == NULL || !glue_check_options(L, GLUE_FIRST + 3)) {
        return 2;
    }
    size_t length = 0;
    const char *body = luaL_optlstring(L, GLUE_FIRST + 2, NULL, &length);
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, GLUE_FIRST + 3, &config);
    if (error == NULL) {
        error = replicate_call(client, method, path, body, length, config, tag, request);
    }
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

/* client:predictions_stream(tag, keep, id, url or nil, options) */
static int predictions_stream(lua_State *L) {
    replicate_client *client = glue_check_client(L);
    void *tag = glue_tag(L);
    lua_settop(L, GLUE_FIRST + 2);
    const char *id = glue_text(L, GLUE_FIRST, "the prediction's id");
    if (id == NULL) {
        return 2;
    }
    const char *url = NULL;
    if (!lua_isnil(L, GLUE_FIRST + 1) && (url = glue_text(L, GLUE_FIRST + 1, "the stream's URL")) == NULL) {
        return 2;
    }
    if (!glue_check_options(L, GLUE_FIRST + 2)) {
        return 2;
    }
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, GLUE_FIRST + 2, &config);
    if (error == NULL) {
        error = replicate_predictions_stream(client, id, url, config, tag, request);
    }
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

void glue_open_operations(lua_State *L) {
    luaL_getmetatable(L, GLUE_CLIENT);
    lua_getfield(L, -1, "__index");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        lua_pushvalue(L, -2);
        lua_pushlightuserdata(L, (void *)(uintptr_t)&operations[i]);
        lua_pushcclosure(L, call, 2);
        lua_setfield(L, -2, operations[i].name);
    }
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, call_any, 1);
    lua_setfield(L, -2, "call");
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, predictions_stream, 1);
    lua_setfield(L, -2, "predictions_stream");
    lua_pop(L, 2);
}
