/* Proves: JSON nested 100,000 levels deep is refused, and 512 levels are read and written, on a thread with a stack of 256 KiB:
   by the core and by the Lua module, both ways. */
#include "check.h"
#include "support.h"

#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#ifndef LUA_OK /* Lua 5.1 and LuaJIT */
#define LUA_OK 0
#endif

enum { STACK = 256 << 10, DEEP = 100000, ALLOWED = 512 };

/* `open` so many times, `inside`, and as many times `close`. */
static char *nested(const char *open, const char *inside, const char *close, int count) {
    size_t each = strlen(open) + strlen(close);
    char *text = malloc(each * (size_t)count + strlen(inside) + 1), *at = text;
    for (int i = 0; i < count; i++) at = stpcpy(at, open);
    at = stpcpy(at, inside);
    for (int i = 0; i < count; i++) at = stpcpy(at, close);
    return text;
}

static void core(const char *open, const char *inside, const char *close) {
    replicate_input *input = NULL;
    char *deep = nested(open, inside, close, DEEP), *allowed = nested(open, inside, close, ALLOWED);
    char *whole = nested("{\"a\":", allowed, "}", 1), *fits = nested(open, inside, close, ALLOWED - 1);
    CHECK(replicate_json_value(deep, strlen(deep), "", NULL) == NULL);
    CHECK(replicate_json_value(allowed, strlen(allowed), "", NULL) == allowed);
    CHECK(is_error(replicate_input_new(whole, strlen(whole), &input), "invalid_input", "nested deeper than 512 levels"));
    CHECK(fine(replicate_input_new("{}", 2, &input)));
    CHECK(fine(replicate_input_set(input, "webhook_events", fits, strlen(fits))));
    CHECK(is_error(replicate_input_set(input, "x", deep, strlen(deep)), "invalid_input", "x"));
    replicate_input_free(input);
    free(deep), free(allowed), free(whole), free(fits);
}

static const char script[] =
    "local core = require 'replicate.core'\n"
    "for _, kind in ipairs { { '[', ']', 1 }, { '{\"a\":', '}', 'a' } } do\n"
    "    local value, message = core.json_decode(kind[1]:rep(100000) .. kind[2]:rep(100000))\n"
    "    assert(value == nil and message:find('512 levels', 1, true), message)\n"
    "    value = assert(core.json_decode(kind[1]:rep(512) .. (kind[3] == 1 and '' or '1') .. kind[2]:rep(512)))\n"
    "    assert(#assert(core.json_encode(value)) >= 1024)\n"
    "    value = {}\n"
    "    for _ = 1, 100000 do value = { [kind[3]] = value } end\n"
    "    local text\n"
    "    text, message = core.json_encode(value)\n"
    "    assert(text == nil and message:find('512 levels', 1, true), message)\n"
    "end\n";

static void *on_small_stack(void *nothing) {
    core("[", "", "]");
    core("{\"a\":", "1", "}");
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    int status = luaL_loadstring(L, script);
    if (status == LUA_OK) status = lua_pcall(L, 0, 0, 0);
    if (!CHECK(status == LUA_OK)) fprintf(stderr, "  %s\n", lua_tostring(L, -1));
    lua_close(L);
    return nothing;
}

int main(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK) == 0);
    CHECK(pthread_create(&thread, &attributes, on_small_stack, NULL) == 0 && pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
    if (check_failed == 0) {
        printf("row\tR71\t100,000 levels refused on a stack of 256 KiB, 512 taken, both ways\tarrays and objects, refused at level 513 by name; the core, and the Lua module both ways\tok\n");
    }
    return check_done("small_stack");
}
