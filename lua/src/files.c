/*
 * files.c - files to send, and the operations that carry bytes: files.create and files.download.
 */
#include "glue.h"
#include "json.h"

static replicate_file **check_file(lua_State *L, int index) { return luaL_checkudata(L, index, GLUE_FILE); }

/* Sets the name or type from the argument at `index`, if there is one. */
static replicate_error *set_text(lua_State *L, replicate_file *file, const char *what, int index) {
    return lua_isnoneornil(L, index) ? NULL : replicate_file_set(file, what, lua_tostring(L, index));
}

/* core.file(path or nil, data or nil, name or nil, type or nil) -> file | nil, error | nil, message */
static int file_new(lua_State *L) {
    lua_settop(L, 4);
    luaL_checkstack(L, 4, "a file");
    size_t length = 0;
    const char *path = NULL;
    const char *data = NULL;
    if (lua_isnil(L, 1)) {
        data = luaL_checklstring(L, 2, &length);
    } else if ((path = glue_text(L, 1, "the path")) == NULL) {
        return 2;
    }
    for (int i = 3; i <= 4; i++) {
        if (!lua_isnil(L, i) && glue_text(L, i, i == 3 ? "name" : "type") == NULL) {
            return 2;
        }
    }
    replicate_file **box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    luaL_getmetatable(L, GLUE_FILE);
    lua_setmetatable(L, -2);
    replicate_error *error = path != NULL ? replicate_file_at(path, box) : replicate_file_of(data, length, box);
    if (error != NULL) {
        return glue_fail(L, error);
    }
    error = set_text(L, *box, "name", 3);
    if (error == NULL) {
        error = set_text(L, *box, "type", 4);
    }
    if (error != NULL) { /* the caller's mistake, unlike a file that is not there */
        glue_fail(L, error);
        lua_getfield(L, -1, "message");
        lua_remove(L, -2);
        return 2;
    }
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
}
