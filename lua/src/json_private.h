/*
 * json_private.h - what the json_*.c files share among themselves: a text buffer whose memory belongs to Lua, the
 * scanning of strings, and exact conversion between doubles and text.
 */
#ifndef REPLICATE_LUA_JSON_PRIVATE_H
#define REPLICATE_LUA_JSON_PRIVATE_H

#include <string.h>

#include "json.h"

/* Messages of both directions fit in this, path included. */
#define JSON_MESSAGE_SIZE 448

static inline int json_absolute_index(lua_State *L, int index)
{
    return index > 0 || index <= LUA_REGISTRYINDEX ? index : lua_gettop(L) + index + 1;
}

/* ---- marks ---- */

typedef enum json_mark { JSON_UNMARKED, JSON_MARKED_ARRAY, JSON_MARKED_OBJECT, JSON_MARKED_FILE, JSON_MARKED_INPUT_FILE } json_mark;

/* Reads __jsontype of the metatable of the table at `index`. Needs two stack slots. */
json_mark json_read_mark(lua_State *L, int index);

/* ---- the shape of a table ---- */

typedef struct json_shape {
    size_t names;           /* keys that are strings */
    size_t positions;       /* keys that are whole numbers from 1 up */
    lua_Number last;        /* the largest of those */
    int odd_key;            /* type of a key that is neither, or LUA_TNONE */
    lua_Number odd_number;  /* that key, when it is a number */
} json_shape;

/* Looks at every key of the table at `index` (absolute). Needs three stack slots. */
void json_read_shape(lua_State *L, int index, json_shape *shape);

/* ---- a buffer owned by Lua ---- */

/* Short texts stay in `first`. Longer ones live in a userdata kept in stack slot `slot`, so that the garbage
   collector frees it when an error unwinds the stack. */
typedef struct json_buffer {
    lua_State *L;
    char *data;
    size_t used;
    size_t size;
    int slot;
    char first[1024];
} json_buffer;

void json_buffer_begin(json_buffer *buffer, lua_State *L, int slot);

/* Raises when memory runs out. Needs one stack slot. */
void json_buffer_grow(json_buffer *buffer, size_t extra);

static inline char *json_buffer_room(json_buffer *buffer, size_t extra)
{
    if (buffer->size - buffer->used < extra) {
        json_buffer_grow(buffer, extra);
    }
    return buffer->data + buffer->used;
}

/* ---- strings ---- */

#define JSON_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Marks, in the top bit of each byte, the bytes that a JSON string cannot hold as they are or that need a closer
   look: control characters, '"', '\\' and everything that is not ASCII. A borrow can only spoil bytes above
   the first marked one, so zero means "none" and the lowest mark is right. */
static inline uint64_t json_special_bytes(uint64_t word)
{
    uint64_t control = word - JSON_EACH_BYTE(0x20);
    uint64_t quote = (word ^ JSON_EACH_BYTE('"')) - JSON_EACH_BYTE(1);
    uint64_t backslash = (word ^ JSON_EACH_BYTE('\\')) - JSON_EACH_BYTE(1);
    return (control | quote | backslash | word) & JSON_EACH_BYTE(0x80);
}

/* How many bytes stand before the first marked one: exact on little-endian machines, and elsewhere 0,
   where the byte loops that follow find it. */
static inline size_t json_bytes_before(uint64_t special)
{
#if defined(__GNUC__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (size_t)__builtin_ctzll(special) / 8;
#else
    (void)special;
    return 0;
#endif
}

static inline int json_is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/* Length of the UTF-8 character at `at`, or 0 if it is not one (overlong, surrogate, too large, cut short). */
static inline size_t json_utf8_length(const unsigned char *at, const unsigned char *end)
{
    size_t left = (size_t)(end - at);
    unsigned first = at[0];
    if (first < 0x80) {
        return 1;
    }
    if (left < 2 || first < 0xC2 || first > 0xF4 || (at[1] & 0xC0) != 0x80) {
        return 0;
    }
    if (first < 0xE0) {
        return 2;
    }
    if (left < 3 || (at[2] & 0xC0) != 0x80) {
        return 0;
    }
    if (first < 0xF0) {
        return (first == 0xE0 && at[1] < 0xA0) || (first == 0xED && at[1] > 0x9F) ? 0 : 3;
    }
    if (left < 4 || (at[3] & 0xC0) != 0x80) {
        return 0;
    }
    return (first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] > 0x8F) ? 0 : 4;
}

/* ---- numbers (json_number.c; independent of the locale) ---- */

/* Room for any number the two writers below produce. */
#define JSON_NUMBER_SIZE 32

size_t json_write_integer(int64_t value, char *out);

/* Writes a finite double as the shortest of %.14g, %.15g, %.16g and %.17g that reads back equal, with ".0" added
   where the text would otherwise look like an integer. */
size_t json_write_double(double value, char *out);

/* mantissa * 10^exponent, correctly rounded, if that can be had quickly: returns 1, or 0 if not. */
int json_quick_double(uint64_t mantissa, long exponent, double *value);

/* The value of a JSON number without its sign, correctly rounded, of any length. `text` is known to be well-formed. */
double json_slow_double(const char *text, size_t length);

#endif
