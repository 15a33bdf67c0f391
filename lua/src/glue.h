/*
 * glue.h - what the files of the Lua glue share.
 *
 * The glue has no policy: it checks arguments, calls replicate.h, and converts. The order is the same everywhere: check,
 * allocate what Lua must own, call, push. A Lua error is a longjmp, and may only be raised while nothing that this code
 * owns could be lost by it.
 */
#ifndef REPLICATE_LUA_GLUE_H
#define REPLICATE_LUA_GLUE_H

#include <lauxlib.h>
#include <lua.h>
#include <replicate.h>

/* error.c: makes a Lua table of an error and frees it. Pushes nil and the table; returns 2. */
int glue_fail(lua_State *L, replicate_error *error);

/* error.c: pushes the table of an error that is borrowed. */
void glue_push_error(lua_State *L, const replicate_error *error);

/* error.c: pushes a table as if the library had made an error of this kind. The message is on top and is replaced. */
void glue_wrap_message(lua_State *L, const char *kind);

/* error.c: what nil and a message string stand for: the caller's mistake. Pops nothing; returns 2 for a message on top. */
int glue_misuse(lua_State *L);

/* error.c: the text of a string for C, which ends at its first zero byte: NULL, with nil and a message pushed, if it has one
   inside. `name` is how the message calls it. */
const char *glue_text(lua_State *L, int index, const char *name);

/* config.c: makes a configuration from the table at `index`, whose keys are the names of replicate_config_set and whose
   values are strings, or false for NULL. It is owned by a userdata that is pushed; of no table or an empty one it is NULL,
   and nothing is pushed. Returns 1; or 0 with nil and an error or a message pushed. */
int glue_push_config(lua_State *L, int index, replicate_config **config);

/* input.c: an input owned by the userdata that it pushes, from the value at `index` and the table of further fields at
   `fields` (or nil). NULL with nil and an error or a message pushed. */
replicate_input *glue_push_input(lua_State *L, int index, int fields);

/* request.c: pushes an empty request handle, and returns where to put the request. */
replicate_request **glue_push_request(lua_State *L);

/* Each adds its functions to the module's table, or makes its metatable. */
void glue_open_error(lua_State *L);
void glue_open_config(lua_State *L);
void glue_open_input(lua_State *L);
void glue_open_request(lua_State *L);
void glue_open_client(lua_State *L);

#define GLUE_CLIENT "replicate.core.client"
#define GLUE_CONFIG "replicate.core.config"
#define GLUE_INPUT "replicate.core.input"
#define GLUE_REQUEST "replicate.core.request"
#define GLUE_ERROR "replicate.error"

/* Makes a metatable whose __index is a table of `methods`; leaves nothing on the stack. */
void glue_new_type(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *metamethods);

#endif
