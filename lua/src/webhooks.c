/*
 * webhooks.c - whether a webhook is genuine, and signatures of links to files: with no client.
 */
#include "glue.h"

#include <string.h>

/* Pushes the error for a text with a zero byte inside, which no header can have and C would take for its end. */
static int zero_byte(lua_State *L, const char *name) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s holds a zero byte", name);
    glue_wrap_message(L, "invalid_input");
    return 2;
}

/* core.webhook_validate(id or nil, timestamp or nil, signature or nil, body, secret, seconds or nil) -> true | nil, error.
   Headers come from anybody: what is wrong with them raises nothing. */
static int webhook_validate(lua_State *L) {
    static const char *const names[] = {"the header webhook-id", "the header webhook-timestamp", "the header webhook-signature",
                                        "body", "secret"};
    const char *text[5] = {NULL, NULL, NULL, NULL, NULL};
    size_t length[5] = {0, 0, 0, 0, 0};
    lua_settop(L, 6);
    for (int i = 0; i < 5; i++) {
        if (i < 3 && lua_isnil(L, i + 1)) {
            continue;
        }
        text[i] = luaL_checklstring(L, i + 1, &length[i]);
        if (i != 3 && strlen(text[i]) != length[i]) {
            return zero_byte(L, names[i]);
        }
    }
    int64_t tolerance = lua_isnil(L, 6) ? -1 : luaL_checkinteger(L, 6);
    replicate_error *error = replicate_webhook_validate(text[0], text[1], text[2], text[3], length[3], text[4], tolerance);
    if (error != NULL) {
        return glue_fail(L, error);
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* core.files_sign(owner, id, expiry, secret) -> signature | nil, error | nil, message */
static int files_sign(lua_State *L) {
    lua_settop(L, 4);
    const char *owner = glue_text(L, 1, "owner");
    const char *id = owner == NULL ? NULL : glue_text(L, 2, "id");
    if (id == NULL) {
        return 2;
    }
    lua_Integer expiry = luaL_checkinteger(L, 3);
    size_t length = 0;
    const char *secret = luaL_checklstring(L, 4, &length);
    char signature[REPLICATE_SIGNATURE_SIZE];
    replicate_error *error = replicate_files_sign(owner, id, expiry, secret, length, signature);
    if (error != NULL) {
        return glue_fail(L, error);
    }
    lua_pushstring(L, signature);
    return 1;
}

void glue_open_webhooks(lua_State *L) {
    static const luaL_Reg functions[] = {{"webhook_validate", webhook_validate}, {"files_sign", files_sign}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
