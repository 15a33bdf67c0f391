/*
 * error.c - errors as Lua tables: the fields of a replicate_error, and its one line as tostring.
 */
#include "glue.h"
#include "json.h"

/* Pushes the decoded text, or the text itself if it cannot be decoded; nil for NULL. */
static void push_json(lua_State *L, const char *text, size_t length) {
    if (text == NULL) {
        lua_pushnil(L);
    } else if (!json_decode(L, text, length)) {
        lua_pop(L, 1);
        lua_pushlstring(L, text, length);
    }
}

static void set_string(lua_State *L, const char *field, const char *text) {
    if (text != NULL) {
        lua_pushstring(L, text);
        lua_setfield(L, -2, field);
    }
}

/* Sets rate_limit = { remaining =, reset = } where the server said either. */
static void push_rate_limit(lua_State *L, const replicate_error *error) {
    int64_t remaining = replicate_error_rate_limit_remaining(error);
    double reset = replicate_error_rate_limit_reset(error);
    if (remaining < 0 && reset < 0) {
        return;
    }
    lua_createtable(L, 0, 2);
    if (remaining >= 0) {
        glue_push_integer(L, remaining);
        lua_setfield(L, -2, "remaining");
    }
    if (reset >= 0) {
        lua_pushnumber(L, reset);
        lua_setfield(L, -2, "reset");
    }
    lua_setfield(L, -2, "rate_limit");
}

void glue_push_error(lua_State *L, const replicate_error *error) {
    luaL_checkstack(L, 8, "an error");
    lua_createtable(L, 0, 15);
    set_string(L, "kind", replicate_error_kind(error));
    set_string(L, "message", replicate_error_message(error));
    set_string(L, "text", replicate_error_text(error));
    set_string(L, "title", replicate_error_title(error));
    set_string(L, "detail", replicate_error_detail(error));
    set_string(L, "delivery", replicate_error_delivery(error));
    set_string(L, "code", replicate_error_code(error));
    if (replicate_error_status(error) != 0) {
        lua_pushinteger(L, replicate_error_status(error));
        lua_setfield(L, -2, "status");
    }
    if (replicate_error_retry_after(error) >= 0) {
        lua_pushnumber(L, replicate_error_retry_after(error));
        lua_setfield(L, -2, "retry_after");
    }
    push_rate_limit(L, error);
    lua_pushboolean(L, replicate_error_retryable(error));
    lua_setfield(L, -2, "retryable");
    lua_pushinteger(L, replicate_error_attempts(error));
    lua_setfield(L, -2, "attempts");

    size_t length = 0;
    const char *json = replicate_error_invalid_fields(error, &length);
    push_json(L, json, length);
    lua_setfield(L, -2, "invalid_fields");
    json = replicate_error_prediction(error, &length);
    push_json(L, json, length);
    lua_setfield(L, -2, "prediction");
    json = replicate_error_tries(error, &length);
    push_json(L, json, length);
    lua_setfield(L, -2, "tries");
    luaL_getmetatable(L, GLUE_ERROR);
    lua_setmetatable(L, -2);
}

#define GLUE_PUSH_ERROR "replicate.core.push_error"

static int push_error_protected(lua_State *L) {
    glue_push_error(L, lua_touserdata(L, 1));
    return 1;
}

int glue_fail(lua_State *L, replicate_error *error) {
    /* Protected, so that a lack of memory does not lose the error's own. To push a C function takes memory in Lua 5.1. */
    luaL_checkstack(L, 4, "an error");
    lua_pushnil(L);
    lua_getfield(L, LUA_REGISTRYINDEX, GLUE_PUSH_ERROR);
    lua_pushlightuserdata(L, error);
    int status = lua_pcall(L, 1, 1, 0);
    replicate_error_free(error);
    if (status != 0) {
        return lua_error(L);
    }
    return 2;
}

void glue_wrap_message(lua_State *L, const char *kind) {
    lua_createtable(L, 0, 5);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "message");
    lua_pushfstring(L, "%s: %s", kind, lua_tostring(L, -2));
    lua_setfield(L, -2, "text");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "retryable");
    luaL_getmetatable(L, GLUE_ERROR);
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

int glue_misuse(lua_State *L) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 0;
}

static int error_tostring(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "text");
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pushliteral(L, "replicate error");
    }
    return 1;
}

/* core.error(kind, message) -> error */
static int error_new(lua_State *L) {
    const char *kind = luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    glue_wrap_message(L, kind);
    return 1;
}

void glue_open_error(lua_State *L) {
    luaL_newmetatable(L, GLUE_ERROR);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushstring(L, GLUE_ERROR);
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    lua_pushcfunction(L, push_error_protected);
    lua_setfield(L, LUA_REGISTRYINDEX, GLUE_PUSH_ERROR);
    lua_pushcfunction(L, error_new);
    lua_setfield(L, -2, "error");
}
