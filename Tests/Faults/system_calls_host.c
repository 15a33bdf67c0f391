/* A Lua with four functions more, for Tests/Faults/system_calls: the script says when the calls may begin to fail, and when that
   is over, asks whether descriptors and threads are as they were, and notes how its steps came out. Arguments: the script and its own. */
#include "process.h"

#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t descriptors;

/* Says "ready" and waits until it is told to go on: by then the tracer is there. */
static int ready(lua_State *L) {
    char line[8];
    (void)L;
    threads_fall_to("replicate-net", 0);
    const char *allowed = getenv("FAULT_KEEPS");
    descriptors = descriptor_count() + (allowed != NULL ? (size_t)atoi(allowed) : 0);
    if (write(1, "ready\n", 6) != 6) _exit(9);
    for (int tries = 0; read(0, line, sizeof line) < 0; tries++) { /* which may be the one that fails */
        if (tries == 5) _exit(9);
    }
    return 0;
}

static int over(lua_State *L) {
    (void)L;
    return 0;
}

/* What the steps came to: kept here, since each write would be one more call that may fail. */
static char notes[8192];
static volatile size_t noted;

/* Keeps a text, and gives all that were kept. */
static int keep_note(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    if (length > sizeof notes - noted) length = sizeof notes - noted;
    memcpy(notes + noted, text, length);
    noted += length;
    lua_pushlstring(L, notes, noted);
    return 1;
}

/* Of a program that is ended because it does not end, they say how far it came. */
static void aborted(int number) {
    signal(number, SIG_DFL);
    if (write(2, notes, noted) < 0) _exit(6);
    raise(number);
}

static int is_clean(lua_State *L) {
    const char *lasting = getenv("FAULT_LASTS");
    int clean = lasting != NULL || (threads_fall_to("replicate-net", 0) && descriptors_fall_to(descriptors));
    for (int fd = 0; !clean && fd < 64; fd++) {
        char path[32], target[256];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length > 0) fprintf(stderr, "%d is %.*s; ", fd, (int)length, target);
    }
    if (!clean) fprintf(stderr, "%zu network threads; ", thread_count("replicate-net"));
    lua_pushboolean(L, clean);
    return 1;
}

int main(int count, char **arguments) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    signal(SIGABRT, aborted);
    lua_register(L, "host_ready", ready);
    lua_register(L, "host_over", over);
    lua_register(L, "host_notes", keep_note);
    lua_register(L, "host_is_clean", is_clean);
    int status = luaL_loadfile(L, arguments[1]);
    for (int i = 2; i < count; i++) lua_pushstring(L, arguments[i]);
    if (status == 0) status = lua_pcall(L, count - 2, 0, 0);
    if (status != 0) {
        const char *text = lua_tostring(L, -1);
        if (write(2, text, strlen(text)) < 0) return 8;
        return 7;
    }
    return 0;
}
