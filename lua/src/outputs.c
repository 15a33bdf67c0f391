/*
 * outputs.c - the files that models put out: download, outputs_save, is_file; and the metatable of their objects, which
 * replicate/outputs.lua fills.
 */
#include "glue.h"
#include "json.h"

/* client:download(tag, keep, url, path or nil, options) */
static int download(lua_State *L) {
    replicate_client *client = glue_check_client(L);
    void *tag = glue_tag(L);
    int options = GLUE_FIRST + 2;
    lua_settop(L, options);
    const char *path = NULL;
    const char *url = glue_text(L, GLUE_FIRST, "the URL");
    if (url == NULL || (!lua_isnil(L, GLUE_FIRST + 1) && (path = glue_text(L, GLUE_FIRST + 1, "the path")) == NULL)) {
        return 2;
    }
    if (!glue_check_options(L, options)) {
        return 2;
    }
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, options, &config);
    if (error == NULL) {
        error = replicate_download(client, url, path, config, tag, request);
    }
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

/* client:outputs_save(tag, keep, json, folder, prefix or nil, options) */
static int outputs_save(lua_State *L) {
    replicate_client *client = glue_check_client(L);
    void *tag = glue_tag(L);
    int options = GLUE_FIRST + 3;
    lua_settop(L, options);
    size_t length = 0;
    const char *prefix = NULL;
    const char *json = luaL_checklstring(L, GLUE_FIRST, &length);
    const char *folder = glue_text(L, GLUE_FIRST + 1, "the folder");
    if (folder == NULL || (!lua_isnil(L, GLUE_FIRST + 2) && (prefix = glue_text(L, GLUE_FIRST + 2, "the prefix")) == NULL)) {
        return 2;
    }
    if (!glue_check_options(L, options)) {
        return 2;
    }
    replicate_request **request = glue_push_result(L);
    replicate_config *config = NULL;
    replicate_error *error = glue_make_config(L, options, &config);
    if (error == NULL) {
        error = replicate_outputs_save(client, json, length, folder, prefix, config, tag, request);
    }
    replicate_config_free(config);
    return error == NULL ? 1 : glue_fail(L, error);
}

/* client:is_file(text) -> boolean */
static int is_file(lua_State *L) {
    size_t length = 0;
    const char *text = luaL_checklstring(L, GLUE_TAG, &length);
    lua_pushboolean(L, replicate_is_file(glue_check_client(L), text, length));
    return 1;
}

/* core.file_type(name) -> type | nil */
static int file_type(lua_State *L) {
    lua_pushstring(L, replicate_file_type(luaL_checkstring(L, 1)));
    return 1;
}

void glue_open_outputs(lua_State *L) {
    static const luaL_Reg operations[] = {
        {"download", download},
        {"outputs_save", outputs_save},
        {"is_file", is_file},
        {NULL, NULL},
    };
    luaL_getmetatable(L, GLUE_CLIENT);
    lua_getfield(L, -1, "__index");
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, operations, 1);
    lua_pop(L, 2);
    lua_pushcfunction(L, file_type);
    lua_setfield(L, -2, "file_type");
    luaL_newmetatable(L, JSON_FILE_OUTPUT);
    lua_setfield(L, -2, "file_output");
}
