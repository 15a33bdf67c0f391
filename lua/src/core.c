#define _POSIX_C_SOURCE 200809L
/*
 * core.c - the module replicate.core: everything that replicate/init.lua needs from C, and nothing for anybody else.
 */
#include "glue.h"
#include "json.h"
#include "which_lua.h"

#include <poll.h>
#include <string.h>
#include <time.h>

void glue_new_type(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *metamethods) {
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
}

/* core.now() -> seconds of a clock that is never set back */
static int now(lua_State *L) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    lua_pushnumber(L, (lua_Number)time.tv_sec + (lua_Number)time.tv_nsec * 1e-9);
    return 1;
}

/* core.call(fn, ...) -> true, results | false, what it raised. A pcall that nothing can yield out of: what polls is not to be
   left half way by a callback that yields. */
static int call(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0) == 0);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* core.pause(seconds, descriptor...): sleeps, until one of the descriptors can be read, or a signal came. */
static int pause_for(lua_State *L) {
    lua_Number seconds = luaL_checknumber(L, 1);
    struct pollfd descriptors[16];
    nfds_t count = 0;
    for (int i = 2; i <= lua_gettop(L) && count < 16; i++) {
        descriptors[count++] = (struct pollfd){.fd = (int)luaL_checkinteger(L, i), .events = POLLIN};
    }
    poll(descriptors, count, seconds <= 0 ? 0 : seconds >= 1000000 ? 1000000000 : (int)(seconds * 1000) + 1);
    return 0;
}

__attribute__((visibility("default"))) int luaopen_replicate_core(lua_State *L);

int luaopen_replicate_core(lua_State *L) {
    which_lua_check(L, LUA_VERSION_NUM);
    if (strcmp(replicate_version(), REPLICATE_VERSION) != 0) {
        return luaL_error(L, "replicate.core was built for libreplicate %s, but %s was loaded", REPLICATE_VERSION,
                          replicate_version());
    }
    lua_newtable(L);
    lua_pushstring(L, replicate_version());
    lua_setfield(L, -2, "version");
    lua_pushcfunction(L, now);
    lua_setfield(L, -2, "now");
    lua_pushcfunction(L, call);
    lua_setfield(L, -2, "call");
    lua_pushcfunction(L, pause_for);
    lua_setfield(L, -2, "pause");
    json_register(L);
    glue_open_error(L);
    glue_open_request(L);
    glue_open_client(L);
    glue_open_operations(L);
    glue_open_values(L);
    glue_open_files(L);
    glue_open_webhooks(L);
    glue_open_outputs(L);
    return 1;
}
