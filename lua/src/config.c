/*
 * config.c - a table of options as a replicate_config.
 */
#include "glue.h"

static replicate_config **push_box(lua_State *L) {
    replicate_config **box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    luaL_getmetatable(L, GLUE_CONFIG);
    lua_setmetatable(L, -2);
    return box;
}

int glue_push_config(lua_State *L, int index, replicate_config **config) {
    luaL_checkstack(L, 6, "options");
    *config = NULL;
    if (!lua_istable(L, index)) {
        return 1;
    }
    lua_pushnil(L);
    if (lua_next(L, index) == 0) {
        return 1;
    }
    lua_pop(L, 2);
    replicate_config **box = push_box(L);
    int owner = lua_gettop(L);
    replicate_error *error = replicate_config_new(box);
    if (error != NULL) {
        glue_fail(L, error);
        return 0;
    }
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        int value = lua_gettop(L);
        const char *name = lua_type(L, -2) == LUA_TSTRING ? glue_text(L, -2, "an option's name") : NULL;
        const char *text = NULL;
        if (name != NULL && lua_type(L, value) == LUA_TSTRING) {
            text = glue_text(L, value, name);
        }
        if (lua_gettop(L) != value) {
            return 0; /* with what glue_text pushed */
        }
        if (name == NULL || (text == NULL && (!lua_isboolean(L, value) || lua_toboolean(L, value)))) {
            lua_pushnil(L);
            lua_pushliteral(L, "options are strings by name, or false");
            return 0;
        }
        error = replicate_config_set(*box, name, text);
        if (error != NULL) {
            glue_fail(L, error);
            return 0;
        }
        lua_pop(L, 1);
    }
    lua_settop(L, owner);
    *config = *box;
    return 1;
}

static int config_gc(lua_State *L) {
    replicate_config **box = luaL_checkudata(L, 1, GLUE_CONFIG);
    replicate_config_free(*box);
    *box = NULL;
    return 0;
}

void glue_open_config(lua_State *L) {
    static const luaL_Reg methods[] = {{NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__gc", config_gc}, {NULL, NULL}};
    glue_new_type(L, GLUE_CONFIG, methods, metamethods);
}
