#define _POSIX_C_SOURCE 200809L
/*
 * files.c - files to send, and the operations that carry bytes: files.create and files.download.
 */
#include "glue.h"
#include "json.h"

#include <errno.h>

static replicate_file **check_file(lua_State *L, int index) { return luaL_checkudata(L, index, GLUE_FILE); }

const void *glue_file_userdata(lua_State *L) {
    luaL_getmetatable(L, LUA_FILEHANDLE);
    const void *metatable = lua_istable(L, -1) ? lua_topointer(L, -1) : NULL; /* NULL in a state without io */
    lua_pop(L, 1);
    return metatable;
}

/* What the caller did wrong, unlike a file that is not there: nil and the message alone. */
static int misuse(lua_State *L, replicate_error *error) {
    glue_fail(L, error);
    lua_getfield(L, -1, "message");
    lua_remove(L, -2);
    return 0;
}

/* nil and an error, as of a file that cannot be read. */
static int unreadable(lua_State *L, const char *why) {
    lua_pushnil(L);
    lua_pushstring(L, why);
    glue_wrap_message(L, "invalid_input");
    return 0;
}

/* What a file is made of, in the stack. */
struct source {
    FILE *open;
    const char *path, *bytes;
    size_t length;
    const char *name, *type;
};

/* A field of the table at `index` goes to `slot`; its text, or NULL if it is none. 0 with nil and a message pushed. */
static int field(lua_State *L, int index, const char *name, int slot, const char **text) {
    lua_pushstring(L, name);
    lua_rawget(L, index);
    lua_replace(L, slot);
    *text = NULL;
    return lua_isnil(L, slot) || (*text = glue_text(L, slot, name)) != NULL;
}

/* Reads the table at `index` into four slots from `slot` on. */
static int describe(lua_State *L, int index, int slot, struct source *source) {
    if (!field(L, index, "path", slot, &source->path) || !field(L, index, "name", slot + 1, &source->name)
        || !field(L, index, "type", slot + 2, &source->type)) {
        return 0;
    }
    if (source->path == NULL) {
        lua_pushliteral(L, "data");
        lua_rawget(L, index);
        lua_replace(L, slot + 3);
        source->bytes = lua_type(L, slot + 3) == LUA_TSTRING ? lua_tolstring(L, slot + 3, &source->length) : NULL;
        if (source->bytes == NULL) {
            lua_pushnil(L);
            lua_pushliteral(L, "this file has lost its path or its data");
            return 0;
        }
    }
    return 1;
}

static replicate_error *make(const struct source *source, replicate_file **file) {
    if (source->open != NULL) {
        return replicate_file_of_descriptor(fileno(source->open), file);
    }
    return source->path != NULL ? replicate_file_at(source->path, file) : replicate_file_of(source->bytes, source->length, file);
}

int glue_push_file(lua_State *L, int index, int name, int type) {
    struct source source = {NULL, NULL, NULL, 0, NULL, NULL};
    luaL_checkstack(L, 10, "a file");
    replicate_file **box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    luaL_getmetatable(L, GLUE_FILE);
    lua_setmetatable(L, -2);
    const int top = lua_gettop(L);
    lua_settop(L, top + 4);
    if (lua_istable(L, index)) {
        if (!describe(L, index, top + 1, &source)) {
            return 0;
        }
    } else {
        source.open = compat_file(L, index);
        if (source.open == NULL) {
            return unreadable(L, "the open file was closed");
        }
        /* What was written to it and is still in memory belongs to the file. What cannot be sought is refused below. */
        if (fflush(source.open) != 0 && errno != ESPIPE) {
            return unreadable(L, "what was written to the open file could not be flushed");
        }
    }
    if ((name != 0 && !lua_isnil(L, name) && (source.name = glue_text(L, name, "name")) == NULL)
        || (type != 0 && !lua_isnil(L, type) && (source.type = glue_text(L, type, "type")) == NULL)) {
        return 0;
    }
    replicate_error *error = make(&source, box);
    if (error != NULL) {
        glue_fail(L, error);
        return 0;
    }
    if (source.name != NULL) {
        error = replicate_file_set(*box, "name", source.name);
    }
    if (error == NULL && source.type != NULL) {
        error = replicate_file_set(*box, "type", source.type);
    }
    if (error != NULL) {
        replicate_file_free(*box);
        *box = NULL;
        return misuse(L, error);
    }
    lua_settop(L, top);
    return 1;
}

/* core.file(file [, name [, type]]) -> file | nil, error | nil, message. `file` was checked by core.is_file. */
static int file_new(lua_State *L) {
    lua_settop(L, 3);
    return glue_push_file(L, 1, 2, 3) ? 1 : 2;
}

/* core.is_file(value): whether it is replicate.file, replicate.bytes or an open Lua file. */
static int is_file(lua_State *L) {
    lua_settop(L, 1);
    luaL_getmetatable(L, lua_istable(L, 1) ? JSON_INPUT_FILE : LUA_FILEHANDLE);
    int is_one = (lua_istable(L, 1) || lua_type(L, 1) == LUA_TUSERDATA) && lua_istable(L, 2) && lua_getmetatable(L, 1)
                 && lua_rawequal(L, 2, 3);
    lua_pushboolean(L, is_one);
    return 1;
}

static int file_close(lua_State *L) {
    replicate_file **box = check_file(L, 1);
    replicate_file_free(*box);
    *box = NULL;
    return 0;
}

/* client:files_create(tag, keep, file, metadata or nil, options) */
static int files_create(lua_State *L) {
    replicate_client *client = glue_check_client(L);
    void *tag = glue_tag(L);
    int options = GLUE_FIRST + 2;
    lua_settop(L, options);
    replicate_file **file = check_file(L, GLUE_FIRST);
    if (!glue_check_options(L, options)) {
        return 2;
    }
    const char *metadata = NULL;
    size_t length = 0;
    if (!lua_isnil(L, GLUE_FIRST + 1)) {
        if (!json_encode(L, GLUE_FIRST + 1, "metadata")) {
            glue_misuse(L);
            return 2;
        }
        metadata = lua_tolstring(L, -1, &length);
    }
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, options, &config);
    if (error == NULL) {
        error = replicate_files_create(client, *file, metadata, length, config, tag, request);
    }
    replicate_file_free(*file); /* the request has a copy; the collector would be late with a large one */
    *file = NULL;
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

/* client:files_download(tag, keep, id, owner, expiry, signature, path or nil, options) */
static int files_download(lua_State *L) {
    replicate_client *client = glue_check_client(L);
    void *tag = glue_tag(L);
    int options = GLUE_FIRST + 5;
    lua_settop(L, options);
    static const char *const names[] = {"id", "owner", NULL, "signature", "path"};
    const char *text[5] = {NULL, NULL, NULL, NULL, NULL};
    lua_Integer expiry = luaL_checkinteger(L, GLUE_FIRST + 2);
    for (int i = 0; i < 5; i++) {
        int isAbsent = i == 4 && lua_isnil(L, GLUE_FIRST + i);
        if (names[i] != NULL && !isAbsent && (text[i] = glue_text(L, GLUE_FIRST + i, names[i])) == NULL) {
            return 2;
        }
    }
    if (!glue_check_options(L, options)) {
        return 2;
    }
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, options, &config);
    if (error == NULL) {
        error = replicate_files_download(client, text[0], text[1], expiry, text[3], text[4], config, tag, request);
    }
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

void glue_open_files(lua_State *L) {
    static const luaL_Reg methods[] = {{"close", file_close}, {NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__gc", file_close}, {NULL, NULL}};
    static const luaL_Reg operations[] = {
        {"files_create", files_create},
        {"files_download", files_download},
        {NULL, NULL},
    };
    glue_new_type(L, GLUE_FILE, methods, metamethods);
    luaL_getmetatable(L, GLUE_CLIENT);
    lua_getfield(L, -1, "__index");
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, operations, 1);
    lua_pop(L, 2);
    lua_pushcfunction(L, file_new);
    lua_setfield(L, -2, "file");
    lua_pushcfunction(L, is_file);
    lua_setfield(L, -2, "is_file");
    luaL_newmetatable(L, JSON_INPUT_FILE);
    lua_setfield(L, -2, "file_class");
}
