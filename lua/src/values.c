/*
 * values.c - what the core finds in texts: the progress in logs, a value inside JSON text, and whether it is UTF-8; and whole
 * numbers.
 */
#include "glue.h"
#include "json_private.h"

#include <stdio.h>
#include <string.h>

void glue_push_integer(lua_State *L, int64_t value) {
#if !COMPAT_HAS_INTEGERS
    if (value > COMPAT_EXACT || value < -COMPAT_EXACT) {
        char digits[24];
        snprintf(digits, sizeof digits, "%lld", (long long)value);
        lua_pushstring(L, digits);
        return;
    }
#endif
    lua_pushinteger(L, (lua_Integer)value);
}

/* core.progress(logs) -> fraction, current, total | nil */
static int progress(lua_State *L) {
    size_t length = 0;
    const char *logs = luaL_checklstring(L, 1, &length);
    double fraction = 0;
    int64_t current = 0;
    int64_t total = 0;
    if (!replicate_progress(logs, length, &fraction, &current, &total)) {
        return 0;
    }
    lua_pushnumber(L, fraction);
    glue_push_integer(L, current);
    glue_push_integer(L, total);
    return 3;
}

/* core.json_value(text, pointer) -> the JSON text at the pointer | nil */
static int json_value(lua_State *L) {
    size_t length = 0;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *pointer = luaL_checkstring(L, 2);
    const char *value = replicate_json_value(text, length, pointer, &length);
    if (value == NULL) {
        return 0;
    }
    lua_pushlstring(L, value, length);
    return 1;
}

/* core.is_utf8(text) -> boolean */
static int is_utf8(lua_State *L) {
    size_t length = 0;
    const unsigned char *at = (const unsigned char *)luaL_checklstring(L, 1, &length);
    const unsigned char *end = at + length;
    size_t character = 1;
    while (at < end && character > 0) {
        character = json_utf8_length(at, end);
        at += character;
    }
    lua_pushboolean(L, character > 0);
    return 1;
}

void glue_open_values(lua_State *L) {
    static const luaL_Reg functions[] = {{"progress", progress}, {"json_value", json_value}, {"is_utf8", is_utf8}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
