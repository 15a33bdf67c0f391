/* Proves: a program that hosts Lua and closes its state in the middle of a stream and a run, 1,000 times, goes on: no crash,
   no thread and no descriptor left, and after the first 100 no memory that grows.
   Run: Tests/with-sandbox Tests/Hosts/run close_states. TURNS (default 1000): how many. */
#include "check.h"
#include "process.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

/* MOST_GROWTH: KiB that the process may have more after the last turn than after the first 100. The allocator's arenas
   move by some dozens; 300 bytes lost in each turn would be more. */
enum { WARM = 100, MOST_GROWTH = 256 };

/* Leaves with all of it under way. `client` and `events` are global, so that lua_close is what ends them. */
static const char script[] =
    "local replicate = require 'replicate'\n"
    "client = assert(replicate.new { poll_interval = 0.01 })\n"
    "events = client:stream('sandbox/story', { input = { prompt = 'a fox', max_tokens = 60, tokens_per_second = 20 } })\n"
    "run = client:run('sandbox/slow', { input = { steps = 30 }, wait = false }, function() error 'it has ended' end)\n"
    "local event = assert(events:next())\n"
    "client:poll()\n"
    "assert(run:status() == 'pending' and tostring(events):find 'pending')\n"
    "return event.event\n";

static const char whole[] =
    "local output = assert(require 'replicate'.run('replicate/hello-world', { input = { text = 'host' } }))\n"
    "return output\n";

/* A state's whole life. */
static int host(const char *text, const char *expected) {
    lua_State *L = luaL_newstate();
    if (L == NULL) return 0;
    luaL_openlibs(L);
    int is_fine = luaL_dostring(L, text) == LUA_OK && strcmp(luaL_checkstring(L, -1), expected) == 0;
    if (!is_fine) fprintf(stderr, "  %s\n", lua_tostring(L, -1));
    lua_close(L);
    return is_fine;
}

struct sizes {
    size_t kib, descriptors, threads;
};

/* Once what was closed has ended: the network threads end by themselves. */
static struct sizes measure(size_t threads, size_t descriptors) {
    CHECK(threads_fall_to(NULL, threads));
    CHECK(descriptors_fall_to(descriptors));
    return (struct sizes){resident_kib(), descriptor_count(), thread_count(NULL)};
}

int main(void) {
    const char *turns = getenv("TURNS");
    int last = turns != NULL ? atoi(turns) : 1000;
    double start = seconds_now();
    size_t descriptors = descriptor_count(), threads = thread_count(NULL);
    CHECK(host(whole, "hello host"));
    struct sizes before = measure(threads, descriptors), warm = {0}, end;
    for (int turn = 1; turn <= last; turn++) {
        if (!CHECK(host(script, "logs"))) break;
        if (turn == WARM) warm = measure(threads, descriptors);
    }
    end = measure(threads, descriptors);
    CHECK(warm.kib > 0 && end.kib <= warm.kib + MOST_GROWTH);
    CHECK(end.descriptors <= warm.descriptors && end.threads <= warm.threads);
    CHECK(host(whole, "hello host")); /* and all of it still works */
    printf("close_states: %d turns in %.1f s: %zu KiB, %zu after %d, %zu at the end; descriptors %zu, %zu, %zu\n", last,
           seconds_now() - start, before.kib, warm.kib, WARM, end.kib, before.descriptors, warm.descriptors,
           end.descriptors);
    return check_done("close_states");
}
