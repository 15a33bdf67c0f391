/*
 * json.h - the JSON codec of the Lua glue: JSON text to Lua values and back.
 *
 * How the two worlds meet:
 *
 *   JSON                Lua
 *   object              table with string keys; a field that is null is absent (nil); of equal keys the last counts
 *   array               table with keys 1..n, marked with the array metatable
 *   null                replicate.null (a light userdata, equal to lua-cjson's) in an array or alone
 *   1, 1.0              integer 1, float 1.0 (Lua 5.3 and later keep them apart)
 *                       Before 5.3, and in LuaJIT, a whole number beyond 2^53 is the string of its digits: a double would
 *                       round it, and one identifier would become another. LuaJIT's 1LL and 1ULL are written as integers.
 *                       Beyond 64 bits a number is a float, beyond 1e308 infinite, which is not written: NaN and inf are refused.
 *   text                string, always valid UTF-8; half of a surrogate pair in an escape becomes U+FFFD
 *
 * The marks exist because {} could be an object or an array: an unmarked empty table is written as {}.
 * A mark is a metatable with __jsontype = "array" or "object", so dkjson's marks are understood too.
 *
 * The functions read tables raw: no metamethod of a table is ever called. They allocate only through Lua, so an error
 * that Lua raises half-way leaks nothing. "Raises only for lack of memory" leaves one thing open: every
 * allocation may run a finalizer (__gc) of the program, and some Lua versions pass on an error raised there.
 *
 * Each function expects room for one more value on the Lua stack and asks Lua for whatever it needs beyond that.
 */
#ifndef REPLICATE_LUA_JSON_H
#define REPLICATE_LUA_JSON_H

#include <stddef.h>

#include "compat.h"

/* Tables inside tables, in both directions. Bounds the C stack the codec uses. */
#define JSON_MAX_DEPTH 512

/* Decodes UTF-8 JSON text; pushes the value and returns 1, or pushes a message string and returns 0.
   Raises only for lack of memory. `text` needs no terminating NUL and must stay alive during the call. */
int json_decode(lua_State *L, const char *text, size_t length);

/* Encodes the value at `index`; pushes a string and returns 1, or pushes a message string and returns 0.
   `name` is how the message calls the root, e.g. "input". Raises only for lack of memory. */
int json_encode(lua_State *L, int index, const char *name);

/* The name of the metatable that makes a table a file to send. Outside of an input such a table is refused. */
#define JSON_INPUT_FILE "replicate.file"

/* The files in a value, which JSON cannot hold: tables with that metatable, and userdata with another. */
typedef struct json_files {
    const void *userdata; /* lua_topointer of the metatable of Lua's own open files */
    int list;             /* a place in the stack: nil, or the list of them, each a JSON Pointer and then the value */
    size_t count;         /* how many there are; what else is in the list is out of date */
} json_files;

/* As json_encode, for a table; files in it are written as null and listed. */
int json_encode_with_files(lua_State *L, int index, const char *name, json_files *files);

/* The name of the metatable of a model's file, which is written as the URL in its field "_url". */
#define JSON_FILE_OUTPUT "replicate.file_output"

/* Push the metatable that marks a table as an array or as an object. */
void json_push_array_metatable(lua_State *L);
void json_push_object_metatable(lua_State *L);

/* Adds to the table on top of the stack:
     json_encode(value [, name]) -> string | nil, message      json_decode(string) -> value | nil, message
     null                                                       what null is in an array
     array([t]), object([t]) -> t, marked                       is_array(value), is_object(value) -> boolean */
void json_register(lua_State *L);

#endif
