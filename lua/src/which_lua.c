#define _GNU_SOURCE
/*
 * which_lua.c - whether the Lua that loads core.so is the one that it was built for.
 *
 * Lua's headers are not included: what is called here, and how, is the same in every Lua, and the rest of the file only asks
 * which functions there are.
 */
#include "which_lua.h"

#include <dlfcn.h>
#include <stddef.h>

extern int luaL_error(struct lua_State *L, const char *format, ...);

#define MAYBE(name) extern void name(void) __attribute__((weak))
MAYBE(lua_numbertocstring); /* since 5.5 */
MAYBE(lua_newuserdatauv);   /* since 5.4 */
MAYBE(lua_rotate);          /* since 5.3 */
MAYBE(lua_rawlen);          /* since 5.2; LuaJIT has only some of its functions */
MAYBE(luaJIT_setmode);

static const char here = 0; /* its address is inside this file */

static int running_version(void) {
    return lua_numbertocstring != NULL ? 505 : lua_newuserdatauv != NULL ? 504 : lua_rotate != NULL ? 503
         : lua_rawlen != NULL && luaJIT_setmode == NULL ? 502 : 501;
}

void which_lua_check(struct lua_State *L, int built_for) {
    int running = running_version();
    if (running == built_for) {
        return;
    }
    Dl_info info;
    const char *file = dladdr(&here, &info) != 0 ? info.dli_fname : "the core.so that was found";
    static const char *const names[] = {"Lua 5.1", "Lua 5.2", "Lua 5.3", "Lua 5.4", "Lua 5.5"};
    const char *name = running == 501 && luaJIT_setmode != NULL ? "LuaJIT" : names[running - 501];
    (void)luaL_error(L, "this is %s, which needs lib/lua/%d.%d/replicate/core.so (make LUA=%d.%d); %s is for Lua %d.%d",
                     name, running / 100, running % 100, running / 100, running % 100, file, built_for / 100, built_for % 100);
}
