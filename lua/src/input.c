/*
 * input.c - a Lua value as a replicate_input: the model's input, and further fields of the request's body.
 */
#include "glue.h"
#include "json.h"

static replicate_input **push_box(lua_State *L) {
    replicate_input **box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    luaL_getmetatable(L, GLUE_INPUT);
    lua_setmetatable(L, -2);
    return box;
}

/* Adds the fields of the table at `fields`. 0 with nil and a message or an error pushed if one cannot be. */
static int add_fields(lua_State *L, replicate_input *input, int fields) {
    lua_pushnil(L);
    while (lua_next(L, fields) != 0) {
        int value = lua_gettop(L);
        const char *name = lua_type(L, -2) == LUA_TSTRING ? glue_text(L, -2, "a field's name") : NULL;
        if (name == NULL) {
            if (lua_gettop(L) == value) {
                lua_pushnil(L);
                lua_pushliteral(L, "the request's fields must have names");
            }
            return 0;
        }
        if (!json_encode(L, value, name)) {
            glue_misuse(L);
            return 0;
        }
        size_t length = 0;
        const char *text = lua_tolstring(L, -1, &length);
        replicate_error *error = replicate_input_set(input, name, text, length);
        if (error != NULL) {
            glue_fail(L, error);
            return 0;
        }
        lua_settop(L, value - 1);
    }
    return 1;
}

replicate_input *glue_push_input(lua_State *L, int index, int fields) {
    luaL_checkstack(L, 8, "an input");
    replicate_input **box = push_box(L);
    int owner = lua_gettop(L);
    if (!json_encode(L, index, "input")) {
        glue_misuse(L);
        return NULL;
    }
    size_t length = 0;
    const char *text = lua_tolstring(L, -1, &length);
    replicate_error *error = replicate_input_new(text, length, box);
    if (error != NULL) {
        glue_fail(L, error);
        return NULL;
    }
    if (lua_istable(L, fields) && !add_fields(L, *box, fields)) {
        return NULL;
    }
    lua_settop(L, owner);
    return *box;
}

static int input_gc(lua_State *L) {
    replicate_input **box = luaL_checkudata(L, 1, GLUE_INPUT);
    replicate_input_free(*box);
    *box = NULL;
    return 0;
}

void glue_open_input(lua_State *L) {
    static const luaL_Reg methods[] = {{NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__gc", input_gc}, {NULL, NULL}};
    glue_new_type(L, GLUE_INPUT, methods, metamethods);
}
