/*
 * json_decode.c - JSON text to Lua values: strict RFC 8259, one pass over the text.
 *
 * What makes it quick: strings are scanned eight bytes at a time and, without escapes, handed to Lua straight from
 * the text; numbers are converted by hand; and the values of a table wait on the Lua stack until it is complete
 * (or there are many), so that the table can be made in its final size instead of growing step by step.
 */
#include "json_private.h"

#include <stdio.h>

/* How many values wait on the stack for their table: many in the outer levels, few further in, so that 512 levels
   together stay below the 8000 slots that Lua 5.1 gives a C function. Even, as an object's keys wait too. */
#define WAITING_OUTSIDE 64
#define WAITING_INSIDE 4
#define OUTER_LEVELS 24

typedef struct json_reader {
    lua_State *L;
    const char *text;
    const char *at;
    const char *end;
    int depth;
    int array_metatable;    /* stack index */
    json_buffer unescaped;  /* the string being read, if it has escapes */
    char message[JSON_MESSAGE_SIZE];
} json_reader;

static int read_value(json_reader *reader);

static int fail(json_reader *reader, const char *at, const char *problem)
{
    snprintf(reader->message, sizeof reader->message, "%s at byte %llu%s", problem,
             (unsigned long long)(at - reader->text) + 1, at >= reader->end ? " (the text ends there)" : "");
    return 0;
}

static inline void skip_space(json_reader *reader)
{
    const char *at = reader->at, *end = reader->end;
    while (at < end && (unsigned char)*at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    reader->at = at;
}

/* ---- strings ---- */

/* The value of the four hexadecimal digits at `at`, or -1. */
static long read_hex(const char *at, const char *end)
{
    long value = 0;
    int i;
    if (end - at < 4) {
        return -1;
    }
    for (i = 0; i < 4; i++) {
        int c = at[i];
        if (c >= '0' && c <= '9') {
            value = value * 16 + (c - '0');
        } else if (c >= 'a' && c <= 'f') {
            value = value * 16 + (c - 'a' + 10);
        } else if (c >= 'A' && c <= 'F') {
            value = value * 16 + (c - 'A' + 10);
        } else {
            return -1;
        }
    }
    return value;
}

static size_t write_utf8(unsigned long code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | (code >> 6));
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | (code >> 12));
        out[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (code >> 18));
    out[1] = (char)(0x80 | ((code >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((code >> 6) & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* Reads the escape sequence at `at` into `out`, which has room for four bytes; returns where the text goes on,
   or NULL after fail(). */
static const char *read_escape(json_reader *reader, const char *at, char *out, size_t *written)
{
    const char *end = reader->end;
    long code;
    *written = 1;
    if (end - at < 2) {
        fail(reader, end, "expected an escape sequence");
        return NULL;
    }
    switch (at[1]) {
    case '"': case '\\': case '/':
        *out = at[1];
        return at + 2;
    case 'b':
        *out = '\b';
        return at + 2;
    case 'f':
        *out = '\f';
        return at + 2;
    case 'n':
        *out = '\n';
        return at + 2;
    case 'r':
        *out = '\r';
        return at + 2;
    case 't':
        *out = '\t';
        return at + 2;
    case 'u':
        break;
    default:
        fail(reader, at, "unknown escape sequence");
        return NULL;
    }
    code = read_hex(at + 2, end);
    if (code < 0) {
        fail(reader, at, "expected four hexadecimal digits after \\u");
        return NULL;
    }
    at += 6;
    if (code >= 0xD800 && code <= 0xDFFF) {
        long low = -1;
        if (code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
            low = read_hex(at + 2, end);
        }
        if (low >= 0xDC00 && low <= 0xDFFF) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        } else {
            /* Half a pair stands for nothing; what follows it is read by itself. */
            code = 0xFFFD;
        }
    }
    *written = write_utf8((unsigned long)code, out);
    return at;
}

/* Reads a string whose opening quote is just before reader->at, and pushes it. */
static int read_string(json_reader *reader)
{
    const char *at = reader->at, *end = reader->end;
    const char *run = at;   /* where the part begins that is not in `unescaped` yet */
    json_buffer *unescaped = &reader->unescaped;
    size_t length;
    unescaped->used = 0;

    for (;;) {
        while (end - at >= 8) {
            uint64_t word, special;
            memcpy(&word, at, 8);
            special = json_special_bytes(word);
            if (special) {
                at += json_bytes_before(special);
                break;
            }
            at += 8;
        }
        while (at < end && json_is_plain((unsigned char)*at)) {
            at++;
        }
        if (at == end) {
            return fail(reader, at, "expected a closing quote");
        }
        if (*at == '"') {
            break;
        }
        if ((unsigned char)*at >= 0x80) {
            /* Texts in other scripts have many of these in a row. */
            do {
                length = json_utf8_length((const unsigned char *)at, (const unsigned char *)end);
                if (length == 0) {
                    return fail(reader, at, "invalid UTF-8 in a string");
                }
                at += length;
            } while (at < end && (unsigned char)*at >= 0x80);
        } else if (*at == '\\') {
            char *out;
            length = (size_t)(at - run);
            out = json_buffer_room(unescaped, length + 4);
            memcpy(out, run, length);
            unescaped->used += length;
            at = read_escape(reader, at, out + length, &length);
            if (at == NULL) {
                return 0;
            }
            unescaped->used += length;
            run = at;
        } else {
            return fail(reader, at, "a control character, which a string must write as an escape sequence,");
        }
    }

    reader->at = at + 1;
    length = (size_t)(at - run);
    if (unescaped->used == 0) {
        lua_pushlstring(reader->L, run, length);
    } else {
        memcpy(json_buffer_room(unescaped, length), run, length);
        lua_pushlstring(reader->L, unescaped->data, unescaped->used + length);
    }
    return 1;
}

/* ---- numbers ---- */

static inline int is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

/* Pushes the whole number -mantissa or mantissa, unless Lua cannot hold it as an integer: then returns 0. */
static inline int push_integer(lua_State *L, int negative, uint64_t mantissa)
{
#if COMPAT_HAS_INTEGERS
    if (mantissa <= (uint64_t)INT64_MAX) {
        lua_pushinteger(L, negative ? -(lua_Integer)mantissa : (lua_Integer)mantissa);
        return 1;
    }
    if (negative && mantissa == (uint64_t)INT64_MAX + 1) {
        lua_pushinteger(L, (lua_Integer)INT64_MIN);
        return 1;
    }
#else
    if (mantissa <= (uint64_t)COMPAT_EXACT) {
        lua_pushnumber(L, negative ? -(lua_Number)mantissa : (lua_Number)mantissa);
        return 1;
    }
#endif
    return 0;
}

static int read_number(json_reader *reader)
{
    const char *start = reader->at, *at = start, *end = reader->end, *first, *point;
    int negative = *at == '-';
    uint64_t mantissa = 0;
    long exponent = 0;
    long long significant;
    double value;

    at += negative;
    first = at;
    if (!is_digit(at, end)) {
        return fail(reader, at, "expected a digit");
    }
    /* The mantissa may wrap around; `significant` tells below. */
    if (*at == '0') {
        at++;
        if (is_digit(at, end)) {
            return fail(reader, first, "a number with a leading zero");
        }
    } else {
        do {
            mantissa = mantissa * 10 + (uint64_t)(*at - '0');
            at++;
        } while (is_digit(at, end));
    }
    significant = at - first;

    if (at == end || (*at != '.' && *at != 'e' && *at != 'E')) {
        reader->at = at;
        /* Lua's integers have no negative zero. */
        if (!(negative && mantissa == 0)) {
            if (significant <= 19 && push_integer(reader->L, negative, mantissa)) {
                return 1;
            }
#if !COMPAT_HAS_INTEGERS
            lua_pushlstring(reader->L, start, (size_t)(at - start));
            return 1;
#endif
        }
    } else {
        if (*at == '.') {
            point = at++;
            if (!is_digit(at, end)) {
                return fail(reader, at, "expected a digit");
            }
            if (mantissa == 0) {
                /* Zeros that only place the point are not significant. */
                while (at < end && *at == '0') {
                    at++;
                }
                significant = 0;
                first = at;
            }
            while (is_digit(at, end)) {
                mantissa = mantissa * 10 + (uint64_t)(*at - '0');
                at++;
            }
            significant = at - first - (first < point);
            /* Longer ones are read again below. */
            exponent = at - point <= 1000 ? (long)(point + 1 - at) : -1000;
        }
        if (at < end && (*at == 'e' || *at == 'E')) {
            int down;
            long written = 0;
            at++;
            down = at < end && *at == '-';
            if (at < end && (*at == '-' || *at == '+')) {
                at++;
            }
            if (!is_digit(at, end)) {
                return fail(reader, at, "expected a digit");
            }
            while (is_digit(at, end)) {
                written = written < 10000 ? written * 10 + (*at - '0') : written;
                at++;
            }
            exponent += down ? -written : written;
        }
        reader->at = at;
    }

    if (significant > 19 || at - start > 1000 || !json_quick_double(mantissa, exponent, &value)) {
        start += negative;
        value = json_slow_double(start, (size_t)(at - start));
    }
    lua_pushnumber(reader->L, negative ? -value : value);
    return 1;
}

/* ---- arrays and objects ---- */

static int enter(json_reader *reader)
{
    if (reader->depth >= JSON_MAX_DEPTH) {
        return fail(reader, reader->at, "arrays and objects are nested more than 512 levels deep");
    }
    reader->depth++;
    /* What waits for its table, the table, and a few for the work on them. */
    if (!lua_checkstack(reader->L, (reader->depth <= OUTER_LEVELS ? WAITING_OUTSIDE : WAITING_INSIDE) + 8)) {
        return fail(reader, reader->at, "arrays and objects are nested too deep for Lua's stack");
    }
    return 1;
}

static inline int waiting_room(const json_reader *reader)
{
    return reader->depth <= OUTER_LEVELS ? WAITING_OUTSIDE : WAITING_INSIDE;
}

/* Makes the array of the `count` values above stack slot `base` and puts it into that slot. */
static void build_array(json_reader *reader, int base, int count)
{
    lua_State *L = reader->L;
    lua_createtable(L, count, 0);
    lua_pushvalue(L, reader->array_metatable);
    lua_setmetatable(L, -2);
    lua_replace(L, base);
    for (; count > 0; count--) {
        lua_rawseti(L, base, count);
    }
}

/* reader->at is at the opening bracket. */
static int read_array(json_reader *reader)
{
    lua_State *L = reader->L;
    int base, room, waiting = 0;
    lua_Integer count = 0;      /* values already in the table; 0 while there is none */

    if (!enter(reader)) {
        return 0;
    }
    room = waiting_room(reader);
    lua_pushnil(L);
    base = lua_gettop(L);
    reader->at++;
    skip_space(reader);
    if (reader->at < reader->end && *reader->at == ']') {
        reader->at++;
        build_array(reader, base, 0);
        reader->depth--;
        return 1;
    }
    for (;;) {
        if (!read_value(reader)) {
            return 0;
        }
        if (count > 0) {
            count++;
            compat_rawseti(L, base, count);
        } else if (++waiting == room) {
            build_array(reader, base, waiting);
            count = waiting;
        }
        skip_space(reader);
        if (reader->at < reader->end && *reader->at == ',') {
            reader->at++;
            skip_space(reader);
            continue;
        }
        if (reader->at < reader->end && *reader->at == ']') {
            break;
        }
        return fail(reader, reader->at, "expected ',' or ']'");
    }
    reader->at++;
    if (count == 0) {
        build_array(reader, base, waiting);
    }
    reader->depth--;
    return 1;
}

/* Makes a table of the `count` pairs from stack slot `base` on, and leaves it in that slot. In order, so that of
   two equal keys the later one stays; a nil takes the earlier one away. */
static void build_object(lua_State *L, int base, int count)
{
    int i;
    lua_createtable(L, 0, count);
    for (i = base; i < base + 2 * count; i += 2) {
        lua_pushvalue(L, i);
        lua_pushvalue(L, i + 1);
        lua_rawset(L, -3);
    }
    if (count > 0) {
        lua_replace(L, base);
        lua_settop(L, base);
    }
}

/* reader->at is at the opening brace. */
static int read_object(json_reader *reader)
{
    lua_State *L = reader->L;
    int base, room, waiting = 0, built = 0;

    if (!enter(reader)) {
        return 0;
    }
    room = waiting_room(reader) / 2;
    base = lua_gettop(L) + 1;
    reader->at++;
    skip_space(reader);
    if (reader->at < reader->end && *reader->at == '}') {
        reader->at++;
        build_object(L, base, 0);
        reader->depth--;
        return 1;
    }
    for (;;) {
        if (reader->at >= reader->end || *reader->at != '"') {
            return fail(reader, reader->at, "expected a name in double quotes");
        }
        reader->at++;
        if (!read_string(reader)) {
            return 0;
        }
        skip_space(reader);
        if (reader->at >= reader->end || *reader->at != ':') {
            return fail(reader, reader->at, "expected ':'");
        }
        reader->at++;
        skip_space(reader);
        if (reader->end - reader->at >= 4 && memcmp(reader->at, "null", 4) == 0) {
            reader->at += 4;
            lua_pushnil(L);
        } else if (!read_value(reader)) {
            return 0;
        }
        if (built) {
            lua_rawset(L, base);
        } else if (++waiting == room) {
            build_object(L, base, waiting);
            built = 1;
        }
        skip_space(reader);
        if (reader->at < reader->end && *reader->at == ',') {
            reader->at++;
            skip_space(reader);
            continue;
        }
        if (reader->at < reader->end && *reader->at == '}') {
            break;
        }
        return fail(reader, reader->at, "expected ',' or '}'");
    }
    reader->at++;
    if (!built) {
        build_object(L, base, waiting);
    }
    reader->depth--;
    return 1;
}

/* ---- values ---- */

static inline int read_word(json_reader *reader, const char *word, size_t length)
{
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0) {
        return fail(reader, reader->at, "expected a value");
    }
    reader->at += length;
    return 1;
}

/* Reads the value at reader->at, before which space has been skipped, and pushes it. */
static int read_value(json_reader *reader)
{
    if (reader->at >= reader->end) {
        return fail(reader, reader->at, "expected a value");
    }
    switch (*reader->at) {
    case '"':
        reader->at++;
        return read_string(reader);
    case '{':
        return read_object(reader);
    case '[':
        return read_array(reader);
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return read_number(reader);
    case 't':
        if (!read_word(reader, "true", 4)) {
            return 0;
        }
        lua_pushboolean(reader->L, 1);
        return 1;
    case 'f':
        if (!read_word(reader, "false", 5)) {
            return 0;
        }
        lua_pushboolean(reader->L, 0);
        return 1;
    case 'n':
        if (!read_word(reader, "null", 4)) {
            return 0;
        }
        lua_pushlightuserdata(reader->L, NULL);
        return 1;
    default:
        return fail(reader, reader->at, "expected a value");
    }
}

static int read_text(json_reader *reader)
{
    /* Some servers put a byte order mark in front, which RFC 8259 allows a reader to ignore. */
    if (reader->end - reader->at >= 3 && memcmp(reader->at, "\xEF\xBB\xBF", 3) == 0) {
        reader->at += 3;
    }
    skip_space(reader);
    if (!read_value(reader)) {
        return 0;
    }
    skip_space(reader);
    return reader->at == reader->end || fail(reader, reader->at, "expected the end of the text");
}

int json_decode(lua_State *L, const char *text, size_t length)
{
    json_reader reader;
    int top = lua_gettop(L);

    if (!lua_checkstack(L, 10)) {
        lua_pushliteral(L, "Lua's stack has no room left");
        return 0;
    }
    reader.L = L;
    reader.text = text;
    reader.at = text;
    reader.end = text + length;
    reader.depth = 0;
    json_push_array_metatable(L);
    reader.array_metatable = lua_gettop(L);
    lua_pushnil(L);
    json_buffer_begin(&reader.unescaped, L, lua_gettop(L));

    if (!read_text(&reader)) {
        lua_settop(L, top);
        lua_pushstring(L, reader.message);
        return 0;
    }
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
    return 1;
}
