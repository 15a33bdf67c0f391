/* The program in which abandoned.lua runs: it counts descriptors, threads, and the warnings that Lua 5.4 makes of errors in
   finalizers (those before it raise them). None may come, not even as the state is closed. Arguments: the script and its own. */
#include "process.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

static int exit_code = 2, warnings;

static int warning_count(lua_State *L) {
    lua_pushinteger(L, warnings);
    return 1;
}

#if LUA_VERSION_NUM >= 504
static void warned(void *unused, const char *text, int goes_on) {
    (void)unused;
    fprintf(stderr, "%s%s", text, goes_on ? "" : "\n");
    if (!goes_on) warnings++;
}
#endif

static int descriptors(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)descriptor_count());
    return 1;
}

static int threads(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)thread_count(NULL));
    return 1;
}

/* host_settle(most): waits until the network threads have ended, and until there are no more descriptors -> whether that is so */
static int settle(lua_State *L) {
    size_t most = (size_t)luaL_checkinteger(L, 1);
    lua_pushboolean(L, threads_fall_to("replicate-net", 0) && (most == 0 || descriptors_fall_to(most)));
    return 1;
}

static int finish(lua_State *L) {
    exit_code = (int)luaL_checkinteger(L, 1);
    return 0;
}

int main(int count, char **arguments) {
    lua_State *L = luaL_newstate();
    if (L == NULL || count < 2) return 2;
    luaL_openlibs(L);
    lua_register(L, "host_descriptors", descriptors);
    lua_register(L, "host_threads", threads);
    lua_register(L, "host_settle", settle);
    lua_register(L, "host_exit", finish);
    lua_register(L, "host_warnings", warning_count);
#if LUA_VERSION_NUM >= 504
    lua_setwarnf(L, warned, NULL);
#endif
    int status = luaL_loadfile(L, arguments[1]);
    for (int i = 2; i < count; i++) lua_pushstring(L, arguments[i]);
    if (status == 0) status = lua_pcall(L, count - 2, 0, 0);
    if (status != 0) {
        lua_getglobal(L, "tostring"); /* it may be an error of the library's */
        lua_insert(L, -2);
        fprintf(stderr, "%s\n", lua_pcall(L, 1, 1, 0) == 0 ? lua_tostring(L, -1) : "?");
        return 2;
    }
    int before = warnings;
    lua_close(L);
    if (warnings > before) {
        printf("warnings: 0 passed, 1 failed\n");
        return 1;
    }
    return exit_code;
}
