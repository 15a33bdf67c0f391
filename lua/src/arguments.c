/*
 * arguments.c - Lua values as a replicate_config and a replicate_input, which live only for the length of one call.
 *
 * Neither is owned by Lua: a userdata with a finalizer for each call costs more than the call. So whatever may raise an
 * error (encoding, allocating) comes first and leaves its results on the stack; making the two and using them raises
 * nothing.
 */
#include "glue.h"
#include "json.h"

#include <string.h>

/* A string without a zero byte inside, which C would take for its end; else NULL. Raises nothing. */
static const char *plain_text(lua_State *L, int index) {
    size_t length = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
    return text != NULL && strlen(text) == length ? text : NULL;
}

const char *glue_text(lua_State *L, int index, const char *name) {
    const char *text = plain_text(L, index);
    if (text == NULL) {
        lua_pushnil(L);
        lua_pushfstring(L, lua_type(L, index) == LUA_TSTRING ? "%s holds a zero byte" : "%s must be a string", name);
    }
    return text;
}

/* Pushes the name of an option for a message: its start, for a header's may have any length. */
static void push_shown(lua_State *L, int index) {
    size_t length = 0;
    const char *name = lua_tolstring(L, index, &length);
    size_t shown = length < 60 ? length : 60;
    while (shown < length && shown > 0 && ((unsigned char)name[shown] & 0xC0) == 0x80) {
        shown--; /* not inside of a character */
    }
    lua_pushlstring(L, name, shown);
    lua_pushstring(L, shown < length ? "..." : "");
    lua_concat(L, 2);
}

int glue_check_options(lua_State *L, int index) {
    if (!lua_istable(L, index)) {
        return 1;
    }
    luaL_checkstack(L, 8, "options");
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        int none = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
        const char *wrong = NULL;
        if (lua_type(L, -2) != LUA_TSTRING) {
            lua_pushnil(L);
            lua_pushliteral(L, "the name of an option must be a string");
            return 0;
        }
        if (plain_text(L, -2) == NULL) {
            wrong = "the name of the option %s holds a zero byte";
        } else if (!none && plain_text(L, -1) == NULL) {
            wrong = lua_type(L, -1) == LUA_TSTRING ? "%s holds a zero byte" : "%s must be a string or false";
        }
        if (wrong != NULL) {
            push_shown(L, -2);
            lua_pushnil(L);
            lua_pushfstring(L, wrong, lua_tostring(L, -2));
            return 0;
        }
        lua_pop(L, 1);
    }
    return 1;
}

replicate_error *glue_make_config(lua_State *L, int index, replicate_config **config) {
    *config = NULL;
    if (!lua_istable(L, index)) {
        return NULL;
    }
    replicate_error *error = NULL;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        if (*config == NULL) {
            error = replicate_config_new(config);
        }
        if (error == NULL) {
            error = replicate_config_set(*config, plain_text(L, -2), plain_text(L, -1)); /* of false: NULL */
        }
        if (error != NULL) {
            lua_pop(L, 2);
            replicate_config_free(*config);
            *config = NULL;
            return error;
        }
        lua_pop(L, 1);
    }
    return NULL;
}

/* Says in the error on top, of a file that cannot be sent, which one it is. */
static void name_place(lua_State *L, int pointer) {
    lua_pushfstring(L, "input at %s: ", lua_tostring(L, pointer));
    lua_getfield(L, -2, "message");
    lua_concat(L, 2);
    lua_getfield(L, -2, "kind");
    lua_pushliteral(L, ": ");
    lua_pushvalue(L, -3);
    lua_concat(L, 3);
    lua_setfield(L, -3, "text");
    lua_setfield(L, -2, "message");
}

/* Turns the list of files into one of GLUE_FILE; one that stands in several places is opened once. After a failure none is open. */
static int open_files(lua_State *L, struct glue_input *encoded) {
    if (encoded->file_count == 0) {
        return 1;
    }
    luaL_checkstack(L, 12, "the files of an input");
    lua_newtable(L);
    const int opened = lua_gettop(L);
    for (size_t i = 0; i < encoded->file_count; i++) {
        lua_settop(L, opened);
        compat_rawgeti(L, encoded->files, (lua_Integer)(2 * i + 1));
        compat_rawgeti(L, encoded->files, (lua_Integer)(2 * i + 2));
        const int pointer = opened + 1, value = opened + 2;
        lua_pushvalue(L, value);
        lua_rawget(L, opened);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            if (!glue_push_file(L, value, 0, 0)) {
                if (lua_istable(L, -1)) {
                    name_place(L, pointer);
                }
                encoded->file_count = i;
                glue_free_files(L, encoded);
                return 0;
            }
            lua_pushvalue(L, value);
            lua_pushvalue(L, -2);
            lua_rawset(L, opened);
        }
        compat_rawseti(L, encoded->files, (lua_Integer)(2 * i + 2));
    }
    return 1;
}

/* Pushes the name and the JSON text of each field of the table at `fields`. */
static int encode_fields(lua_State *L, int fields, struct glue_input *encoded) {
    lua_pushnil(L);
    while (lua_next(L, fields) != 0) {
        luaL_checkstack(L, 6, "the request's fields");
        const char *name = glue_text(L, -2, "the name of a field of the request");
        if (name == NULL) {
            return 0;
        }
        if (!json_encode(L, lua_gettop(L), name)) {
            return glue_misuse(L);
        }
        lua_replace(L, -2);     /* name, text */
        lua_pushvalue(L, -2);   /* name, text, name: for lua_next */
        encoded->count += 2;
    }
    return 1;
}

int glue_encode_input(lua_State *L, int index, int fields, struct glue_input *encoded) {
    luaL_checkstack(L, 5, "an input");
    lua_pushnil(L);
    json_files files = {glue_file_userdata(L), lua_gettop(L), 0};
    *encoded = (struct glue_input){files.list + 1, 1, files.list, 0};
    if (!json_encode_with_files(L, index, "input", &files)) {
        return glue_misuse(L);
    }
    if (lua_istable(L, fields) && !encode_fields(L, fields, encoded)) {
        return 0;
    }
    encoded->file_count = files.count;
    return open_files(L, encoded); /* last, so that nothing that fails leaves files open */
}

replicate_error *glue_make_input(lua_State *L, const struct glue_input *encoded, replicate_input **input) {
    size_t length = 0;
    const char *text = lua_tolstring(L, encoded->first, &length);
    replicate_error *error = replicate_input_new(text, length, input);
    for (int i = 1; error == NULL && i + 1 < encoded->count; i += 2) {
        text = lua_tolstring(L, encoded->first + i + 1, &length);
        error = replicate_input_set(*input, lua_tostring(L, encoded->first + i), text, length);
    }
    for (size_t i = 0; error == NULL && i < encoded->file_count; i++) {
        compat_rawgeti(L, encoded->files, (lua_Integer)(2 * i + 1));
        compat_rawgeti(L, encoded->files, (lua_Integer)(2 * i + 2));
        replicate_file **file = lua_touserdata(L, -1);
        error = replicate_input_attach(*input, lua_tostring(L, -2), *file);
        lua_pop(L, 2);
    }
    if (error != NULL) {
        replicate_input_free(*input);
        *input = NULL;
    }
    return error;
}

void glue_free_files(lua_State *L, const struct glue_input *encoded) {
    for (size_t i = 0; i < encoded->file_count; i++) {
        compat_rawgeti(L, encoded->files, (lua_Integer)(2 * i + 2));
        replicate_file **file = lua_touserdata(L, -1);
        replicate_file_free(*file);
        *file = NULL;
        lua_pop(L, 1);
    }
}
