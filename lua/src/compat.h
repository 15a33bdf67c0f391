/*
 * compat.h - the one C API that the glue is written against, over Lua 5.1, 5.2, 5.3, 5.4 and LuaJIT.
 *
 * It uses what all of them have, and makes the rest here: LuaJIT has some functions of 5.2 as well, but a core.so that was
 * built with its headers and uses them would not load in Lua 5.1, which takes the same file.
 */
#ifndef REPLICATE_LUA_COMPAT_H
#define REPLICATE_LUA_COMPAT_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>

/* Integers of 64 bits beside floats; before them every number is a double. */
#if LUA_VERSION_NUM >= 503
#define COMPAT_HAS_INTEGERS 1
typedef char compat_integers_have_64_bits[sizeof(lua_Integer) >= 8 ? 1 : -1]; /* and not LUA_32BITS */
#else
#define COMPAT_HAS_INTEGERS 0
#endif

/* The largest whole number below which a double holds every other. */
#define COMPAT_EXACT (INT64_C(1) << 53)

#if LUA_VERSION_NUM < 502
static inline void compat_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues) {
    luaL_checkstack(L, upvalues + 1, "too many upvalues");
    for (; functions->name != NULL; functions++) {
        for (int i = 0; i < upvalues; i++) {
            lua_pushvalue(L, -upvalues);
        }
        lua_pushcclosure(L, functions->func, upvalues);
        lua_setfield(L, -(upvalues + 2), functions->name);
    }
    lua_pop(L, upvalues);
}
#undef luaL_setfuncs
#define luaL_setfuncs compat_setfuncs
#endif

/* The places of a list are an int before Lua 5.3; a longer one would need more memory than those versions can address. */
#if LUA_VERSION_NUM < 503
#define compat_rawgeti(L, index, place) lua_rawgeti((L), (index), (int)(place))
#define compat_rawseti(L, index, place) lua_rawseti((L), (index), (int)(place))
#else
#define compat_rawgeti lua_rawgeti
#define compat_rawseti lua_rawseti
#endif

/* The FILE of an open file of Lua's own (a userdata that is known to be one); NULL if it was closed. */
static inline FILE *compat_file(lua_State *L, int index) {
#if LUA_VERSION_NUM < 502
    return *(FILE **)lua_touserdata(L, index);
#else
    const luaL_Stream *stream = lua_touserdata(L, index);
    return stream->closef == NULL ? NULL : stream->f;
#endif
}

/* What one of these Luas has and another has not. Weak, so that a core.so can be loaded by the wrong Lua and say so
   (which_lua.c), instead of a loader's word about an undefined symbol. All else must be in every Lua. */
#if LUA_VERSION_NUM < 502
#pragma weak lua_insert
#pragma weak lua_newuserdata
#pragma weak lua_pcall
#pragma weak lua_remove
#pragma weak lua_replace
#pragma weak lua_tointeger
#pragma weak lua_tonumber
#elif LUA_VERSION_NUM < 503
#pragma weak lua_insert
#pragma weak lua_newuserdata
#pragma weak lua_pcallk
#pragma weak lua_remove
#pragma weak lua_replace
#pragma weak lua_tointegerx
#pragma weak lua_tonumberx
#pragma weak luaL_setfuncs
#else
#pragma weak lua_copy
#pragma weak lua_isinteger
#pragma weak lua_newuserdata
#pragma weak lua_newuserdatauv
#pragma weak lua_pcallk
#pragma weak lua_rotate
#pragma weak lua_tointegerx
#pragma weak lua_tonumberx
#pragma weak luaL_setfuncs
#endif

#endif
