/*
 * json_module.c - the codec as Lua sees it: json_encode, json_decode, null, array, object, is_array, is_object;
 * the metatables that mark tables; and the buffer and table inspection that encoder and decoder share.
 */
#include "json_private.h"

/* Names in the registry, rather than addresses, so that two copies of this code in one program share the marks. */
#define ARRAY_KEY "replicate.json.array"
#define OBJECT_KEY "replicate.json.object"

/* ---- marks ---- */

static void push_metatable(lua_State *L, const char *key, const char *type)
{
    lua_pushstring(L, key);
    lua_rawget(L, LUA_REGISTRYINDEX);
    if (lua_istable(L, -1)) {
        return;
    }
    lua_pop(L, 1);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "__jsontype");
    lua_pushstring(L, type);
    lua_rawset(L, -3);
    lua_pushstring(L, key);
    lua_pushvalue(L, -2);
    lua_rawset(L, LUA_REGISTRYINDEX);
}

void json_push_array_metatable(lua_State *L)
{
    push_metatable(L, ARRAY_KEY, "array");
}

void json_push_object_metatable(lua_State *L)
{
    push_metatable(L, OBJECT_KEY, "object");
}

json_mark json_read_mark(lua_State *L, int index)
{
    json_mark mark = JSON_UNMARKED;
    if (!lua_getmetatable(L, index)) {
        return mark;
    }
    lua_pushliteral(L, "__jsontype");
    lua_rawget(L, -2);
    if (lua_type(L, -1) == LUA_TSTRING) {
        const char *type = lua_tostring(L, -1);
        if (strcmp(type, "array") == 0) {
            mark = JSON_MARKED_ARRAY;
        } else if (strcmp(type, "object") == 0) {
            mark = JSON_MARKED_OBJECT;
        }
    }
    lua_pop(L, 2);
    return mark;
}

/* ---- the shape of a table ---- */

void json_read_shape(lua_State *L, int index, json_shape *shape)
{
    memset(shape, 0, sizeof *shape);
    shape->odd_key = LUA_TNONE;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        int type = lua_type(L, -2);
        lua_pop(L, 1);
        if (type == LUA_TSTRING) {
            shape->names++;
            continue;
        }
        if (type == LUA_TNUMBER) {
            lua_Number key = lua_tonumber(L, -1);
#if COMPAT_HAS_INTEGERS
            int whole = lua_isinteger(L, -1);
#else
            int whole = key >= 1 && key < 9007199254740992.0 && key == (lua_Number)(int64_t)key;
#endif
            if (whole && key >= 1) {
                shape->positions++;
                if (key > shape->last) {
                    shape->last = key;
                }
                continue;
            }
            shape->odd_number = key;
        }
        shape->odd_key = type;
    }
}

/* ---- the buffer ---- */

void json_buffer_begin(json_buffer *buffer, lua_State *L, int slot)
{
    buffer->L = L;
    buffer->data = buffer->first;
    buffer->used = 0;
    buffer->size = sizeof buffer->first;
    buffer->slot = slot;
}

void json_buffer_grow(json_buffer *buffer, size_t extra)
{
    size_t size = buffer->size;
    char *data;
    if (extra > SIZE_MAX / 4 || buffer->used > SIZE_MAX / 4) {
        luaL_error(buffer->L, "not enough memory");
    }
    while (size - buffer->used < extra) {
        size *= 2;
    }
    data = lua_newuserdata(buffer->L, size);
    memcpy(data, buffer->data, buffer->used);
    /* Only now may the old memory go. */
    lua_replace(buffer->L, buffer->slot);
    buffer->data = data;
    buffer->size = size;
}

/* ---- Lua functions ---- */

static int lua_json_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    if (json_encode(L, 1, luaL_optstring(L, 2, "value"))) {
        return 1;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

static int lua_json_decode(lua_State *L)
{
    size_t length;
    const char *text;
    luaL_checktype(L, 1, LUA_TSTRING);
    text = lua_tolstring(L, 1, &length);
    if (json_decode(L, text, length)) {
        return 1;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

/* Marks the table given, or a new one. A table that already has a metatable for other purposes is left alone. */
static int mark_table(lua_State *L, void (*push_mark)(lua_State *))
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (lua_getmetatable(L, 1)) {
        json_push_array_metatable(L);
        json_push_object_metatable(L);
        if (!lua_rawequal(L, 2, 3) && !lua_rawequal(L, 2, 4)) {
            return luaL_argerror(L, 1, "this table already has a metatable of its own");
        }
    }
    lua_settop(L, 1);
    push_mark(L);
    lua_setmetatable(L, 1);
    return 1;
}

static int lua_array(lua_State *L)
{
    return mark_table(L, json_push_array_metatable);
}

static int lua_object(lua_State *L)
{
    return mark_table(L, json_push_object_metatable);
}

/* What json_encode would write the table at index 1 as, if it accepts it. */
static json_mark effective_mark(lua_State *L)
{
    json_mark mark;
    json_shape shape;
    if (!lua_istable(L, 1)) {
        return JSON_UNMARKED;
    }
    mark = json_read_mark(L, 1);
    if (mark != JSON_UNMARKED) {
        return mark;
    }
    json_read_shape(L, 1, &shape);
    if (shape.odd_key != LUA_TNONE || (shape.names > 0 && shape.positions > 0)) {
        return JSON_UNMARKED;
    }
    if (shape.positions == 0) {
        return JSON_MARKED_OBJECT;
    }
    return (lua_Number)shape.positions == shape.last ? JSON_MARKED_ARRAY : JSON_UNMARKED;
}

static int lua_is_array(lua_State *L)
{
    lua_pushboolean(L, effective_mark(L) == JSON_MARKED_ARRAY);
    return 1;
}

static int lua_is_object(lua_State *L)
{
    lua_pushboolean(L, effective_mark(L) == JSON_MARKED_OBJECT);
    return 1;
}

void json_register(lua_State *L)
{
    static const struct {
        const char *name;
        lua_CFunction function;
    } functions[] = {
        { "json_encode", lua_json_encode },
        { "json_decode", lua_json_decode },
        { "array", lua_array },
        { "object", lua_object },
        { "is_array", lua_is_array },
        { "is_object", lua_is_object }
    };
    size_t i;
    luaL_checkstack(L, 4, "json");
    for (i = 0; i < sizeof functions / sizeof *functions; i++) {
        lua_pushstring(L, functions[i].name);
        lua_pushcfunction(L, functions[i].function);
        lua_rawset(L, -3);
    }
    lua_pushliteral(L, "null");
    lua_pushlightuserdata(L, NULL);
    lua_rawset(L, -3);
}
