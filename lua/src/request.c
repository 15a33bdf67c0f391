/*
 * request.c - the handle of one request: cancel and state.
 */
#include "glue.h"

replicate_request **glue_push_request(lua_State *L) {
    replicate_request **box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    luaL_getmetatable(L, GLUE_REQUEST);
    lua_setmetatable(L, -2);
    return box;
}

/* request:cancel() -> true | nil, error */
static int request_cancel(lua_State *L) {
    replicate_request **box = luaL_checkudata(L, 1, GLUE_REQUEST);
    if (*box != NULL) {
        replicate_error *error = replicate_request_cancel(*box);
        if (error != NULL) {
            return glue_fail(L, error);
        }
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* request:hold(hold): whether client:poll passes over its events -> true | nil, error */
static int request_hold(lua_State *L) {
    replicate_request **box = luaL_checkudata(L, 1, GLUE_REQUEST);
    if (*box != NULL) {
        replicate_error *error = replicate_request_hold(*box, lua_toboolean(L, 2));
        if (error != NULL) {
            return glue_fail(L, error);
        }
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* Frees the handle; the request goes on. */
static int request_release(lua_State *L) {
    replicate_request **box = luaL_checkudata(L, 1, GLUE_REQUEST);
    replicate_request_free(*box);
    *box = NULL;
    return 0;
}

void glue_open_request(lua_State *L) {
    static const luaL_Reg methods[] = {{"cancel", request_cancel}, {"hold", request_hold}, {"release", request_release}, {NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__gc", request_release}, {NULL, NULL}};
    glue_new_type(L, GLUE_REQUEST, methods, metamethods);
}
