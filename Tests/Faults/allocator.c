/* Proves (R12): whichever request of Lua's for memory is refused, the library raises "not enough memory" or goes on, and then
   works on: no crash, no handle and no descriptor left, no request that never ends. The scenarios are allocator.lua's.
   The n-th request is refused once (Lua 5.2 and later collect garbage and ask again: it goes on), twice (so that they raise),
   or all from the n-th on are; n from 1, every STEP-th, until none was refused several times in a row: answers come when they
   come, and so the number of requests is not the same in each run. With MODE every, each request is refused once, so that
   every request collects all garbage.
   Usage: allocator quick | long | every; SCENARIO and FROM choose. */
#include "check.h"
#include "counted.h"
#include "process.h"

#include <lauxlib.h>
#include <lualib.h>
#ifdef WITH_LUAJIT
#include <luajit.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef LUA_OK
#define LUA_OK 0
#endif

enum mode { ONCE, TWICE, LASTING, EVERY, MODES };
static const char *const mode_names[MODES] = {"once", "twice", "lasting", "every"};

struct memory {
    enum mode mode;
    long number, fails; /* of requests since it was armed, and which one fails; 0: none */
    long refused;
    int again; /* the last one was refused */
};

static void *allocate(void *context, void *block, size_t old_size, size_t size) {
    struct memory *memory = context;
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (memory->fails > 0 && (block == NULL || size > old_size)) {
        long number = ++memory->number;
        int refuse = number == memory->fails || (memory->mode == TWICE && number == memory->fails + 1)
                     || (memory->mode == LASTING && number > memory->fails);
        if (memory->mode == EVERY) refuse = memory->again = !memory->again;
        if (refuse) {
            memory->refused++;
            return NULL;
        }
    }
    return realloc(block, size);
}

static char point[200];

static void hung(int number) {
    (void)number;
    static const char text[] = "hung or crashed at: ";
    if (write(2, text, sizeof text - 1) < 0 || write(2, point, strlen(point)) < 0 || write(2, "\n", 1) < 0) _exit(3);
    _exit(3);
}

/* LuaJIT's compiled code does not survive a lack of memory: it crashes in itself (in Debian's 2.1). */
#ifdef LUAJIT_VERSION
#define LUA_NAME LUAJIT_VERSION
static void let_be(lua_State *L) { luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF); }
#else
#define LUA_NAME LUA_VERSION
static void let_be(lua_State *L) { (void)L; }
#endif

/* A state in which the scenarios are loaded: at 1 their order, then themselves, setup and finish. */
static lua_State *state_new(struct memory *memory, const char *script, const char *folder) {
    memset(memory, 0, sizeof *memory);
    lua_State *L = lua_newstate(allocate, memory);
    if (L == NULL) return NULL;
    luaL_openlibs(L);
    let_be(L);
    int status = luaL_loadfile(L, script);
    if (status == LUA_OK) {
        lua_pushstring(L, folder);
        status = lua_pcall(L, 1, 4, 0);
    }
    if (status != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        exit(2);
    }
    return L;
}

/* One point: 1 if it was as it should be. */
static int run_point(lua_State *L, struct memory *memory, const char *name, enum mode mode, long fails, long *refused) {
    int top = lua_gettop(L);
    lua_checkstack(L, 40);
    lua_pushvalue(L, 4);
    lua_pushstring(L, name);
    lua_pushvalue(L, 3);
    lua_pushstring(L, name);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        fprintf(stderr, "%s: setup: %s\n", point, lua_tostring(L, -1));
        lua_settop(L, top);
        return 0;
    }
    lua_getfield(L, 2, name);
    lua_pushvalue(L, -2);
    memory->mode = mode;
    memory->number = memory->refused = memory->again = 0;
    memory->fails = fails;
    int function = lua_gettop(L) - 1;
    int status = lua_pcall(L, 1, LUA_MULTRET, 0);
    memory->fails = 0;
    *refused = memory->refused;
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, function); /* finish, name, s, ok, results */
    if (lua_pcall(L, lua_gettop(L) - top - 1, 1, 0) != LUA_OK || !lua_isnil(L, -1)) {
        fprintf(stderr, "%s: %s\n", point, lua_tostring(L, -1) != NULL ? lua_tostring(L, -1) : "?");
        lua_settop(L, top);
        return 0;
    }
    lua_settop(L, top);
    return 1;
}

static long points, wrong, points_of[MODES];

struct settings {
    const char *script, *folder, *only;
    long step, from;
    int states; /* points that one state lives for */
};

static void state_close(lua_State *L, size_t threads, size_t descriptors) {
    lua_close(L);
    int is_even = 1;
    for (int kind = 0; kind < COUNTED_KINDS; kind++) {
        if (counted(kind) != 0) {
            fprintf(stderr, "%s: %ld %s are left\n", point, counted(kind), counted_names[kind]);
            is_even = 0;
        }
    }
    CHECK(is_even);
    if (!CHECK(threads_fall_to(NULL, threads) && descriptors_fall_to(descriptors))) fprintf(stderr, "%s: %zu threads, %zu descriptors\n", point, thread_count(NULL), descriptor_count());
    wrong += !is_even;
}

static void run_scenario(const struct settings *settings, const char *name, enum mode mode) {
    struct memory memory;
    size_t threads = thread_count(NULL), descriptors = descriptor_count();
    lua_State *L = NULL;
    int age = 0, unharmed = 0;
    long n = settings->from, count = 0, bad = 0;
    double start = seconds_now();
    for (; unharmed < 3 && bad < 10; n += mode == EVERY ? 1 : settings->step) {
        if (L == NULL) L = state_new(&memory, settings->script, settings->folder);
        snprintf(point, sizeof point, "%s, %s, %ld", name, mode_names[mode], n);
        alarm(mode == EVERY ? 300 : 60);
        long refused = 0;
        int is_right = run_point(L, &memory, name, mode, n, &refused);
        unharmed = refused == 0 || mode == EVERY ? unharmed + 1 : 0;
        count++;
        if (!is_right) bad++;
        if (!is_right || ++age == settings->states) {
            state_close(L, threads, descriptors);
            L = NULL, age = 0;
        }
    }
    if (L != NULL) state_close(L, threads, descriptors);
    CHECK(bad == 0);
    points += count, wrong += bad, points_of[mode] += count;
    if (getenv("VERBOSE") != NULL) printf("  %-20s %-8s %5ld points up to n = %5ld, %ld wrong, %.1f s\n", name, mode_names[mode], count, n, bad, seconds_now() - start);
    fflush(stdout);
}

/* The opening of a state, and of the module in it. Lua 5.1 marks what failed to load, and refuses it from then on. */
static int open_all(lua_State *L) {
    static const char unmark[] = "for name, value in pairs(package.loaded) do\n"
                                 "    if name:find '^replicate' and type(value) ~= 'table' then package.loaded[name] = nil end\n"
                                 "end\n"
                                 "require 'replicate'";
    luaL_openlibs(L);
    let_be(L);
    if (luaL_loadstring(L, unmark) != LUA_OK) return lua_error(L);
    lua_call(L, 0, 0);
    return 0;
}

#if LUA_VERSION_NUM < 502
static int protect(lua_State *L) { return lua_cpcall(L, open_all, NULL); }
#else
static int protect(lua_State *L) {
    lua_pushcfunction(L, open_all);
    return lua_pcall(L, 0, 0, 0);
}
#endif

/* After the failure the same state is to open the module. */
static void run_require(const struct settings *settings, enum mode mode) {
    int unharmed = 0;
    long bad = 0, n = settings->from;
    for (; unharmed < 3 && bad < 10; n += settings->step) {
        struct memory memory;
        memset(&memory, 0, sizeof memory);
        lua_State *L = lua_newstate(allocate, &memory);
        snprintf(point, sizeof point, "require, %s, %ld", mode_names[mode], n);
        alarm(60);
        memory.mode = mode, memory.fails = n;
        int status = protect(L);
        memory.fails = 0;
        const char *text = status != LUA_OK ? lua_tostring(L, -1) : "";
        if (status != LUA_OK && (text == NULL || (strstr(text, "not enough memory") == NULL && strstr(text, "stack overflow") == NULL))) {
            fprintf(stderr, "%s: %s\n", point, text ? text : "?");
            bad++;
        }
        if (status != LUA_OK && protect(L) != LUA_OK) {
            fprintf(stderr, "%s: the next time: %s\n", point, lua_tostring(L, -1));
            bad++;
        }
        unharmed = memory.refused == 0 ? unharmed + 1 : 0;
        lua_close(L);
        points++, points_of[mode]++;
    }
    wrong += bad;
    CHECK(bad == 0);
    if (getenv("VERBOSE") != NULL) printf("  %-20s %-8s up to n = %5ld, %ld wrong\n", "require", mode_names[mode], n, bad);
}

int main(int count, char **arguments) {
    if (count < 4) return 2;
    const char *from = getenv("FROM"), *step = getenv("STEP");
    int is_long = strcmp(arguments[1], "long") == 0, is_every = strcmp(arguments[1], "every") == 0;
    struct settings settings = {arguments[2], arguments[3], getenv("SCENARIO"), is_long ? 1 : 17, from ? atol(from) : 1, is_long ? 50 : 10};
    if (step != NULL) settings.step = atol(step);
    signal(SIGALRM, hung), signal(SIGSEGV, hung), signal(SIGABRT, hung);
    struct memory memory;
    lua_State *probe = lua_newstate(allocate, memset(&memory, 0, sizeof memory));
    if (probe == NULL) {
        /* What was not tested has not passed. */
        printf("row\tR12\tthe n-th allocation refused, " LUA_NAME "\tit takes no allocator but its own: nothing was tested\tmissed\n"
               "allocator: 0 passed, 1 failed\n");
        return 1;
    }
    lua_close(probe);
    lua_State *names = state_new(&memory, settings.script, settings.folder);
    for (enum mode mode = is_every ? EVERY : ONCE; mode < (is_every ? MODES : EVERY); mode++) {
        for (int i = 1;; i++) {
            lua_rawgeti(names, 1, i);
            const char *name = lua_tostring(names, -1);
            lua_pop(names, 1);
            if (name == NULL) break;
            if (settings.only == NULL || strcmp(settings.only, name) == 0) run_scenario(&settings, name, mode);
        }
        if (!is_every && (settings.only == NULL || strcmp(settings.only, "require") == 0)) run_require(&settings, mode);
    }
    char which[80] = "for each n";
    if (settings.step > 1 && !is_every) snprintf(which, sizeof which, "for n in steps of %ld", settings.step);
    printf("row\tR12\tthe n-th allocation refused, " LUA_NAME ", %s: out of memory or right, then right\t%ld points (%ld once, "
           "%ld twice, %ld lasting, %ld every one), %ld wrong\t%s\n", which, points, points_of[ONCE], points_of[TWICE], points_of[LASTING],
           points_of[EVERY], wrong, wrong == 0 && check_failed == 0 ? "ok" : "missed");
    lua_close(names);
    return check_done("allocator");
}
