/* What malloc has given out and not got back, for Tests/Soak: what is resident holds the pages between, too. */
#include <lauxlib.h>
#include <malloc.h>

/* In KiB, of all heaps and of what is mapped by itself. */
static int in_use(lua_State *L) {
    struct mallinfo2 info = mallinfo2();
    lua_pushinteger(L, (lua_Integer)((info.uordblks + info.hblkhd) >> 10));
    return 1;
}

int luaopen_heap(lua_State *L) {
    static const luaL_Reg functions[] = {{"in_use", in_use}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
