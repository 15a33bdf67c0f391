/*
 * glue.h - what the files of the Lua glue share.
 *
 * The glue has no policy: it checks arguments, calls replicate.h, and converts. The order is the same everywhere: check,
 * allocate what Lua must own, call, push. A Lua error is a longjmp, and may only be raised while nothing that this code
 * owns could be lost by it.
 */
#ifndef REPLICATE_LUA_GLUE_H
#define REPLICATE_LUA_GLUE_H

#include "compat.h"

#include <replicate.h>

/* error.c: makes a Lua table of an error and frees it. Pushes nil and the table; returns 2. */
int glue_fail(lua_State *L, replicate_error *error);

/* error.c: pushes the table of an error that is borrowed. */
void glue_push_error(lua_State *L, const replicate_error *error);

/* error.c: pushes a table as if the library had made an error of this kind. The message is on top and is replaced. */
void glue_wrap_message(lua_State *L, const char *kind);

/* error.c: what nil and a message string stand for: the caller's mistake. Puts nil under the message on top; returns 0. */
int glue_misuse(lua_State *L);

/* arguments.c: the text of a string for C, which ends at its first zero byte: NULL, with nil and a message pushed, if it
   has one inside or is no string. `name` is how the message calls it. */
const char *glue_text(lua_State *L, int index, const char *name);

/* arguments.c: whether the table at `index`, if it is one, holds options: strings by name, or false for NULL. 0 with nil and
   a message pushed. */
int glue_check_options(lua_State *L, int index);

/* arguments.c: makes a configuration of checked options; NULL of none. The caller frees it, and raises no error before. */
replicate_error *glue_make_config(lua_State *L, int index, replicate_config **config);

/* An input as it is in the stack: from `first` on `count` texts, the input's and then the name and the text of each field
   beside it; and at `files` the list of its files, `file_count` of them, each a pointer and a GLUE_FILE. */
struct glue_input {
    int first, count, files;
    size_t file_count;
};

/* arguments.c: pushes what is to become an input: the value at `index`, and the fields of the table at `fields`, if it is one.
   0 with nil and a message, or an error, pushed. */
int glue_encode_input(lua_State *L, int index, int fields, struct glue_input *encoded);

/* arguments.c: makes an input of that. The caller frees it, and raises no error before. */
replicate_error *glue_make_input(lua_State *L, const struct glue_input *encoded, replicate_input **input);

/* arguments.c: frees the files of it, which the request has copies of: a collector that sees only their handles would be late. */
void glue_free_files(lua_State *L, const struct glue_input *encoded);

/* files.c: pushes a GLUE_FILE made of the value at `index`, which is replicate.file, replicate.bytes or an open Lua file; of
   `name` and `type` in place of its own, where they are not 0. 0 with nil and a message, or an error, pushed. */
int glue_push_file(lua_State *L, int index, int name, int type);

/* files.c: what makes a userdata an open file of Lua's own. */
const void *glue_file_userdata(lua_State *L);

/* client.c: of every method, which has the client's metatable as its first upvalue: the client, its tag as user data, and
   where its own arguments begin. A closed client raises an error. */
replicate_client *glue_check_client(lua_State *L);
void *glue_tag(lua_State *L);
enum { GLUE_TAG = 2, GLUE_KEEP = 3, GLUE_FIRST = 4 };

/* client.c: pushes what an operation will return: a request's handle if the caller wants to keep it, else true. */
replicate_request **glue_push_result(lua_State *L);

/* request.c: pushes an empty request handle, and returns where to put the request. */
replicate_request **glue_push_request(lua_State *L);

/* Each adds its functions to the module's table, or makes its metatable. */
void glue_open_error(lua_State *L);
void glue_open_request(lua_State *L);
void glue_open_client(lua_State *L);
void glue_open_operations(lua_State *L);
void glue_open_values(lua_State *L);
void glue_open_files(lua_State *L);
void glue_open_webhooks(lua_State *L);
void glue_open_outputs(lua_State *L);

#define GLUE_CLIENT "replicate.core.client"
#define GLUE_REQUEST "replicate.core.request"
#define GLUE_FILE "replicate.core.file"
#define GLUE_STREAM_EVENT "replicate.event"
#define GLUE_ERROR "replicate.error"

/* values.c: pushes a whole number: where Lua has no integers and a double would round it, the string of its digits. */
void glue_push_integer(lua_State *L, int64_t value);

/* Makes a metatable whose __index is a table of `methods`; leaves nothing on the stack. */
void glue_new_type(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *metamethods);

#endif
