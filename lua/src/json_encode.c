/*
 * json_encode.c - Lua values to JSON text.
 *
 * Whatever JSON cannot hold is refused, with the path of the field and a sentence about it, for example
 * "input.images[3].url: a function cannot be written as JSON".
 *
 * A table is written while it is traversed for the first time: the first key decides between array and object, and
 * if a later key does not fit, the text written so far is thrown away or the table refused.
 */
#include "json_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Bounds of the parts of a message: one key, and all keys together. */
#define SHOWN_SIZE 64
#define SHOWN_KEY 40
#define SHOWN_PATH 160

/* One table being written. They form a chain from the innermost outwards, which is both the path for messages and
   the list of tables that must not be met again. */
typedef struct json_frame {
    const struct json_frame *outer;
    const void *table;
    int key;                /* stack index of the current name in an object; 0 in an array */
    lua_Integer position;   /* current position in an array */
    int depth;
} json_frame;

typedef struct json_writer {
    lua_State *L;
    const char *name;
    const void *array_metatable;
    const void *object_metatable;
    json_files *files;      /* or NULL: a file is refused */
    const void *file_metatable;
    const void *input_file_metatable;
    json_buffer text;
    char message[JSON_MESSAGE_SIZE];
} json_writer;

static int write_value(json_writer *writer, const json_frame *frame);

/* ---- refusals ---- */

/* Writes up to SHOWN_KEY bytes of a name for people to read: what is not printable UTF-8 as \xNN, and "..." for
   what is left out. `quoted` says that it will stand between double quotes. */
static size_t show_name(const char *name, size_t length, int quoted, char out[SHOWN_SIZE])
{
    const unsigned char *at = (const unsigned char *)name, *end = at + length;
    size_t used = 0;
    while (at < end) {
        size_t character = json_utf8_length(at, end);
        if (used + 4 > SHOWN_KEY) {
            memcpy(out + used, "...", 3);
            used += 3;
            break;
        }
        if (character == 0 || *at < 0x20 || *at == 0x7F) {
            used += (size_t)snprintf(out + used, SHOWN_SIZE - used, "\\x%02x", (unsigned)*at);
            character = 1;
        } else {
            if (quoted && (*at == '"' || *at == '\\')) {
                out[used++] = '\\';
            }
            memcpy(out + used, at, character);
            used += character;
        }
        at += character;
    }
    out[used] = '\0';
    return used;
}

static int is_identifier(const char *name, size_t length)
{
    size_t i;
    for (i = 0; i < length; i++) {
        char c = name[i];
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
            return 0;
        }
    }
    return length > 0;
}

/* Writes one step of a path: .name, ["a name"] or [3]. */
static size_t show_step(lua_State *L, const json_frame *frame, char out[SHOWN_SIZE + 8])
{
    const char *name;
    size_t length;
    char shown[SHOWN_SIZE];
    if (frame->key == 0) {
        return (size_t)snprintf(out, SHOWN_SIZE + 8, "[%lld]", (long long)frame->position);
    }
    /* Always a string already, so this does not change the key under lua_next. */
    name = lua_tolstring(L, frame->key, &length);
    if (is_identifier(name, length)) {
        show_name(name, length, 0, shown);
        return (size_t)snprintf(out, SHOWN_SIZE + 8, ".%s", shown);
    }
    show_name(name, length, 1, shown);
    return (size_t)snprintf(out, SHOWN_SIZE + 8, "[\"%s\"]", shown);
}

/* Sets the message: the path of the current value of `frame`, or of the root if that is NULL, and the reason. */
static int refuse(json_writer *writer, const json_frame *frame, const char *format, ...)
{
    static const char left_out[] = " ... ";
    char root[SHOWN_SIZE], first[SHOWN_SIZE + 8] = "", step[SHOWN_SIZE + 8], path[SHOWN_PATH], reason[128];
    size_t begin = sizeof path - 1;
    va_list arguments;

    path[begin] = '\0';
    /* From the inside outwards, because the inner end says more when not all fits; then the first step, which is often
       the name of what the caller wrote. */
    for (; frame != NULL; frame = frame->outer) {
        size_t length = show_step(writer->L, frame, step);
        if (length + sizeof left_out > begin) {
            begin -= sizeof left_out - 1;
            memcpy(path + begin, left_out, sizeof left_out - 1);
            while (frame->outer != NULL) {
                frame = frame->outer;
            }
            show_step(writer->L, frame, first);
            break;
        }
        begin -= length;
        memcpy(path + begin, step, length);
    }
    show_name(writer->name, strlen(writer->name), 0, root);
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    snprintf(writer->message, sizeof writer->message, "%s%s%s: %s", root, first, path + begin, reason);
    return 0;
}

/* ---- strings ---- */

static char *write_escape(unsigned char byte, char *out)
{
    static const char hex[] = "0123456789abcdef";
    *out++ = '\\';
    switch (byte) {
    case '"': case '\\':
        *out++ = (char)byte;
        break;
    case '\b':
        *out++ = 'b';
        break;
    case '\f':
        *out++ = 'f';
        break;
    case '\n':
        *out++ = 'n';
        break;
    case '\r':
        *out++ = 'r';
        break;
    case '\t':
        *out++ = 't';
        break;
    default:
        memcpy(out, "u00", 3);
        out[3] = hex[byte >> 4];
        out[4] = hex[byte & 15];
        out += 5;
    }
    return out;
}

/* Writes a string with its quotes. Returns 0, or the position (from 1) of the byte that is not UTF-8. */
static size_t write_string(json_writer *writer, const char *string, size_t length)
{
    const char *at = string, *end = string + length;
    /* Room for both quotes and for all that is left, plus what one step may write beyond that: an escape sequence
       is five bytes longer than what it stands for, and a block of eight may be copied whole. */
    char *out = json_buffer_room(&writer->text, length + 2 + 16);
    *out++ = '"';

    for (;;) {
        size_t left, character;
        while (end - at >= 8) {
            uint64_t word, special;
            memcpy(&word, at, 8);
            memcpy(out, &word, 8);
            special = json_special_bytes(word);
            if (special) {
                size_t plain = json_bytes_before(special);
                at += plain;
                out += plain;
                break;
            }
            at += 8;
            out += 8;
        }
        while (at < end && json_is_plain((unsigned char)*at)) {
            *out++ = *at++;
        }
        if (at == end) {
            break;
        }
        if ((unsigned char)*at >= 0x80) {
            do {
                character = json_utf8_length((const unsigned char *)at, (const unsigned char *)end);
                if (character == 0) {
                    return (size_t)(at - string) + 1;
                }
                if (end - at >= 4) {
                    memcpy(out, at, 4);
                } else {
                    memcpy(out, at, character);
                }
                at += character;
                out += character;
            } while (at < end && (unsigned char)*at >= 0x80);
            continue;
        }
        out = write_escape((unsigned char)*at++, out);
        writer->text.used = (size_t)(out - writer->text.data);
        left = (size_t)(end - at);
        out = json_buffer_room(&writer->text, left + 1 + 16);
    }

    *out++ = '"';
    writer->text.used = (size_t)(out - writer->text.data);
    return 0;
}

static inline void write_bytes(json_writer *writer, const char *bytes, size_t length)
{
    memcpy(json_buffer_room(&writer->text, length), bytes, length);
    writer->text.used += length;
}

static inline void write_byte(json_writer *writer, char byte)
{
    *json_buffer_room(&writer->text, 1) = byte;
    writer->text.used++;
}

/* ---- numbers ---- */

static int write_number(json_writer *writer, const json_frame *frame)
{
    lua_State *L = writer->L;
    char *out = json_buffer_room(&writer->text, JSON_NUMBER_SIZE);
    lua_Number value;
#if COMPAT_HAS_INTEGERS
    if (lua_isinteger(L, -1)) {
        writer->text.used += json_write_integer(lua_tointeger(L, -1), out);
        return 1;
    }
#endif
    value = lua_tonumber(L, -1);
    if (value != value) {
        return refuse(writer, frame, "this number is NaN (not a number), which JSON cannot hold");
    }
    if (value - value != 0) {
        return refuse(writer, frame, "this number is infinite, which JSON cannot hold");
    }
#if !COMPAT_HAS_INTEGERS
    if (value >= -(lua_Number)COMPAT_EXACT && value <= (lua_Number)COMPAT_EXACT && value == (lua_Number)(int64_t)value
        && !(value == 0 && signbit(value))) {
        writer->text.used += json_write_integer((int64_t)value, out);
        return 1;
    }
#endif
    writer->text.used += json_write_double(value, out);
    return 1;
}

/* LuaJIT's type of values of its FFI library; in the other Luas no value has it. */
#define TYPE_CDATA 10

/* Writes LuaJIT's 64-bit integers, whose text is like 1LL and 1ULL. The text of a struct may be made by a function of the
   program's, so that it may raise an error, which is no integer. */
static int write_cdata(json_writer *writer, const json_frame *frame)
{
    lua_State *L = writer->L;
    const char *text = NULL;
    size_t length = 0, digits, start;
    if (luaL_getmetafield(L, -1, "__tostring")) {
        lua_pushvalue(L, -2);
        if (lua_pcall(L, 1, 1, 0) == 0 && lua_type(L, -1) == LUA_TSTRING) {
            text = lua_tolstring(L, -1, &length);
        }
    }
    start = text != NULL && *text == '-';
    digits = text == NULL ? 0 : strspn(text + start, "0123456789");
    if (digits == 0 || (strcmp(text + start + digits, "LL") != 0 && strcmp(text + start + digits, "ULL") != 0)) {
        return refuse(writer, frame, "a value of the FFI that is no 64-bit integer cannot be written as JSON");
    }
    write_bytes(writer, text, start + digits);
    lua_pop(L, 1);
    return 1;
}

/* ---- files ---- */

/* Whether the userdata on top of the stack is an open file of Lua's own. */
static int is_open_file(const json_writer *writer)
{
    lua_State *L = writer->L;
    const void *metatable;
    if (writer->files == NULL || !lua_getmetatable(L, -1)) {
        return 0;
    }
    metatable = lua_topointer(L, -1);
    lua_pop(L, 1);
    return metatable == writer->files->userdata;
}

/* Pushes the JSON Pointer of the current value of `frame`; 0 after a refusal. */
static int push_pointer(json_writer *writer, const json_frame *frame)
{
    lua_State *L = writer->L;
    const json_frame *inner = frame;
    lua_pushliteral(L, "");
    for (; frame != NULL; frame = frame->outer) {
        lua_pushliteral(L, "/");
        if (frame->key == 0) {
            char digits[JSON_NUMBER_SIZE];
            lua_pushlstring(L, digits, json_write_integer(frame->position - 1, digits));
        } else {
            size_t length;
            const char *name = lua_tolstring(L, frame->key, &length);
            if (strlen(name) != length) {
                return refuse(writer, inner, "a file cannot be in a field whose name holds a zero byte");
            }
            luaL_gsub(L, luaL_gsub(L, name, "~", "~0"), "/", "~1");
            lua_remove(L, -2);
        }
        lua_pushvalue(L, -3); /* "", "/", name, "" */
        lua_concat(L, 3);
        lua_replace(L, -2);
    }
    return 1;
}

/* Lists the file on top of the stack, and leaves it there. */
static int write_file(json_writer *writer, const json_frame *frame)
{
    lua_State *L = writer->L;
    json_files *files = writer->files;
    if (files == NULL) {
        return refuse(writer, frame, "a file can only be in the input of a model");
    }
    if (frame == NULL) {
        return refuse(writer, frame, "a file is no input; it can be the value of one of its fields");
    }
    if (!lua_checkstack(L, 12)) {
        return refuse(writer, frame, "tables are nested too deep for Lua's stack");
    }
    if (lua_isnil(L, files->list)) {
        lua_newtable(L);
        lua_replace(L, files->list);
    }
    if (!push_pointer(writer, frame)) {
        return 0;
    }
    compat_rawseti(L, files->list, (lua_Integer)(2 * files->count + 1));
    lua_pushvalue(L, -1);
    compat_rawseti(L, files->list, (lua_Integer)(2 * files->count + 2));
    files->count++;
    write_bytes(writer, "null", 4);
    return 1;
}

/* ---- tables ---- */

/* The mark of the table on top of the stack. Our own marks are recognised without looking into them. */
static json_mark mark_of(json_writer *writer)
{
    lua_State *L = writer->L;
    const void *metatable;
    if (!lua_getmetatable(L, -1)) {
        return JSON_UNMARKED;
    }
    metatable = lua_topointer(L, -1);
    lua_pop(L, 1);
    if (metatable == writer->array_metatable) {
        return JSON_MARKED_ARRAY;
    }
    if (metatable == writer->object_metatable) {
        return JSON_MARKED_OBJECT;
    }
    if (metatable == writer->file_metatable) {
        return JSON_MARKED_FILE;
    }
    if (metatable == writer->input_file_metatable) {
        return JSON_MARKED_INPUT_FILE;
    }
    return json_read_mark(L, lua_gettop(L));
}

/* Says why the table at stack index `table` is neither an array nor an object, or not what its mark says. Returns 1
   if there is no reason: then its keys are 1..n, and n is left in `count`. `outer` is the frame the table is in. */
static int examine(json_writer *writer, const json_frame *outer, int table, json_mark mark, lua_Integer *count)
{
    lua_State *L = writer->L;
    json_shape shape;
    json_read_shape(L, table, &shape);

    if (shape.odd_key == LUA_TNUMBER) {
        return refuse(writer, outer, "the key %.14g is not a place in a list; those are 1, 2, 3 and so on",
                      (double)shape.odd_number);
    }
    if (shape.odd_key != LUA_TNONE) {
        return refuse(writer, outer, "a key is a %s; keys must be names (strings) or the places 1, 2, 3 of a list",
                      lua_typename(L, shape.odd_key));
    }
    if (mark == JSON_MARKED_ARRAY && shape.names > 0) {
        return refuse(writer, outer, "this table is marked as an array, but has named fields");
    }
    if (mark == JSON_MARKED_OBJECT && shape.positions > 0) {
        return refuse(writer, outer, "this table is marked as an object, but has list items");
    }
    if (shape.names > 0 && shape.positions > 0) {
        return refuse(writer, outer, "this table mixes list items and named fields; it can be only one of the two");
    }
    if ((lua_Number)shape.positions != shape.last) {
        long long missing = 1;
        for (;;) {
            int found;
            compat_rawgeti(L, table, missing);
            found = !lua_isnil(L, -1);
            lua_pop(L, 1);
            if (!found) {
                break;
            }
            missing++;
        }
        return refuse(writer, outer, "index %lld is missing; use replicate.null for an empty place", missing);
    }
    *count = (lua_Integer)shape.positions;
    return 1;
}

/* For a table that was found not to be written as it is. */
static int refuse_keys(json_writer *writer, const json_frame *outer, int table, json_mark mark)
{
    lua_Integer count;
    /* The table is in order only if a finalizer, run by one of our allocations, has put it so since. */
    return examine(writer, outer, table, mark, &count) && refuse(writer, outer, "this table changed meanwhile");
}

/* Writes the rest of an array, whose first key and value are on top of the stack, in the order of lua_next. Returns
   1, or 0 after a refusal, or -1 if the keys do not come as 1, 2, 3: then the stack is as before the first key. */
static int write_array_in_order(json_writer *writer, json_frame *frame, int table)
{
    lua_State *L = writer->L;
    frame->position = 0;
    do {
        frame->position++;
#if COMPAT_HAS_INTEGERS
        if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) != frame->position) {
#else
        if (lua_type(L, -2) != LUA_TNUMBER || lua_tonumber(L, -2) != (lua_Number)frame->position) {
#endif
            lua_settop(L, table);
            return -1;
        }
        if (frame->position > 1) {
            write_byte(writer, ',');
        }
        if (!write_value(writer, frame)) {
            return 0;
        }
        lua_pop(L, 1);
    } while (lua_next(L, table));
    return 1;
}

/* Writes an array whose keys are known to be 1..count. */
static int write_array_by_index(json_writer *writer, json_frame *frame, int table, lua_Integer count)
{
    lua_State *L = writer->L;
    for (frame->position = 1; frame->position <= count; frame->position++) {
        if (frame->position > 1) {
            write_byte(writer, ',');
        }
        compat_rawgeti(L, table, frame->position);
        if (!write_value(writer, frame)) {
            return 0;
        }
        lua_pop(L, 1);
    }
    return 1;
}

/* Writes the rest of an object, whose first key and value are on top of the stack. Returns 1, or 0 after a refusal,
   or -1 at a key that is not a string. */
static int write_fields(json_writer *writer, json_frame *frame, int table)
{
    lua_State *L = writer->L;
    int first = 1;
    frame->key = table + 1;
    do {
        const char *name;
        size_t length, bad;
        if (lua_type(L, -2) != LUA_TSTRING) {
            return -1;
        }
        name = lua_tolstring(L, -2, &length);
        if (!first) {
            write_byte(writer, ',');
        }
        first = 0;
        bad = write_string(writer, name, length);
        if (bad) {
            return refuse(writer, frame, "the name of this field is not valid UTF-8 at byte %llu",
                          (unsigned long long)bad);
        }
        write_byte(writer, ':');
        if (!write_value(writer, frame)) {
            return 0;
        }
        lua_pop(L, 1);
    } while (lua_next(L, table));
    return 1;
}

/* Writes the file of a model's output at stack index `table`: its URL, so that it goes on without being fetched. */
static int write_file_output(json_writer *writer, const json_frame *outer, int table)
{
    lua_State *L = writer->L;
    int written;
    lua_pushliteral(L, "_url");
    lua_rawget(L, table);
    written = lua_type(L, -1) == LUA_TSTRING ? write_value(writer, outer) : refuse(writer, outer, "this file has no URL");
    if (written) {
        lua_settop(L, table);
    }
    return written;
}

/* Writes the table on top of the stack; `outer` is the frame it is in. */
static int write_table(json_writer *writer, const json_frame *outer)
{
    lua_State *L = writer->L;
    const json_frame *other;
    json_frame frame;
    json_mark mark;
    lua_Integer count;
    size_t before = writer->text.used, files_before = writer->files != NULL ? writer->files->count : 0;
    int table = lua_gettop(L), written;

    frame.outer = outer;
    frame.table = lua_topointer(L, table);
    frame.key = 0;
    frame.position = 0;
    frame.depth = outer == NULL ? 1 : outer->depth + 1;
    for (other = outer; other != NULL; other = other->outer) {
        if (other->table == frame.table) {
            return refuse(writer, outer, "this table contains itself");
        }
    }
    if (frame.depth > JSON_MAX_DEPTH) {
        return refuse(writer, outer, "tables are nested more than 512 levels deep");
    }
    /* The key and value of the level inside, and a few for the work on them. */
    if (!lua_checkstack(L, 10)) {
        return refuse(writer, outer, "tables are nested too deep for Lua's stack");
    }

    mark = mark_of(writer);
    if (mark == JSON_MARKED_FILE) {
        return write_file_output(writer, outer, table);
    }
    if (mark == JSON_MARKED_INPUT_FILE) {
        return write_file(writer, outer);
    }
    lua_pushnil(L);
    if (!lua_next(L, table)) {
        write_bytes(writer, mark == JSON_MARKED_ARRAY ? "[]" : "{}", 2);
        return 1;
    }
    if (lua_type(L, -2) == LUA_TSTRING) {
        if (mark != JSON_MARKED_ARRAY) {
            write_byte(writer, '{');
            written = write_fields(writer, &frame, table);
            if (written > 0) {
                write_byte(writer, '}');
            }
            if (written >= 0) {
                return written;
            }
        }
        lua_settop(L, table);
        return refuse_keys(writer, outer, table, mark);
    }
    if (mark == JSON_MARKED_OBJECT) {
        lua_settop(L, table);
        return refuse_keys(writer, outer, table, mark);
    }
    write_byte(writer, '[');
    written = write_array_in_order(writer, &frame, table);
    if (written < 0) {
        if (!examine(writer, outer, table, mark, &count)) {
            return 0;
        }
        /* A proper array, only that Lua keeps some of it out of order. */
        writer->text.used = before + 1;
        if (writer->files != NULL) {
            writer->files->count = files_before;
        }
        written = write_array_by_index(writer, &frame, table, count);
    }
    if (written > 0) {
        write_byte(writer, ']');
    }
    return written;
}

/* ---- values ---- */

/* Writes the value on top of the stack and leaves it there; `frame` is the table it is in, or NULL. After a refusal
   the stack may hold more. */
static int write_value(json_writer *writer, const json_frame *frame)
{
    lua_State *L = writer->L;
    int type = lua_type(L, -1);
    switch (type) {
    case LUA_TSTRING: {
        size_t length, bad;
        const char *string = lua_tolstring(L, -1, &length);
        bad = write_string(writer, string, length);
        if (bad) {
            return refuse(writer, frame, "this string is not valid UTF-8 at byte %llu; JSON holds text only",
                          (unsigned long long)bad);
        }
        return 1;
    }
    case LUA_TNUMBER:
        return write_number(writer, frame);
    case LUA_TTABLE:
        return write_table(writer, frame);
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, -1)) {
            write_bytes(writer, "true", 4);
        } else {
            write_bytes(writer, "false", 5);
        }
        return 1;
    case LUA_TNIL:
        write_bytes(writer, "null", 4);
        return 1;
    default:
        if (type == TYPE_CDATA) {
            return write_cdata(writer, frame);
        }
        /* replicate.null */
        if (type == LUA_TLIGHTUSERDATA && lua_touserdata(L, -1) == NULL) {
            write_bytes(writer, "null", 4);
            return 1;
        }
        if (type == LUA_TUSERDATA && is_open_file(writer)) {
            return write_file(writer, frame);
        }
        return refuse(writer, frame, "a %s cannot be written as JSON", lua_typename(L, type));
    }
}

int json_encode(lua_State *L, int index, const char *name)
{
    return json_encode_with_files(L, index, name, NULL);
}

int json_encode_with_files(lua_State *L, int index, const char *name, json_files *files)
{
    json_writer writer;
    int top = lua_gettop(L), written;

    index = json_absolute_index(L, index);
    if (!lua_checkstack(L, 10)) {
        lua_pushliteral(L, "Lua's stack has no room left");
        return 0;
    }
    writer.L = L;
    writer.name = name;
    writer.files = files;
    json_push_array_metatable(L);
    writer.array_metatable = lua_topointer(L, -1);
    json_push_object_metatable(L);
    writer.object_metatable = lua_topointer(L, -1);
    luaL_getmetatable(L, JSON_FILE_OUTPUT);
    writer.file_metatable = lua_topointer(L, -1);
    luaL_getmetatable(L, JSON_INPUT_FILE);
    writer.input_file_metatable = lua_topointer(L, -1);
    lua_pop(L, 2);
    lua_pushnil(L);
    json_buffer_begin(&writer.text, L, lua_gettop(L));
    lua_pushvalue(L, index);

    written = write_value(&writer, NULL);
    if (written) {
        lua_pushlstring(L, writer.text.data, writer.text.used);
    } else {
        lua_settop(L, top + 3);
        lua_pushstring(L, writer.message);
    }
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
    return written;
}
