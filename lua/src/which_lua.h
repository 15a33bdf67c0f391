/*
 * which_lua.h - the one check that runs in any Lua.
 */
#ifndef REPLICATE_LUA_WHICH_LUA_H
#define REPLICATE_LUA_WHICH_LUA_H

struct lua_State;

/* Raises an error that names the file this Lua needs, if it is not the one of the version (LUA_VERSION_NUM) given. Before
   anything else: what differs between the versions crashes, or is not there. */
void which_lua_check(struct lua_State *L, int built_for);

#endif
