/* Proves (R14): one thread, and then several at once, that open a state, start a stream and a download, and close it in the midst,
   over and over, leave nothing behind: no crash, no close that takes long, memory, descriptors and threads as they were.
   And (R22, P8): threads with a state each whose calls carry a number of their own each get that number back; so do many streams
   that one thread reads at once.
   Usage: states quick | long, beside Tests/with-sandbox. */
#include "check.h"
#include "process.h"

#include <lauxlib.h>
#include <lualib.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#ifndef LUA_OK
#define LUA_OK 0
#endif

/* MOST_GROWTH: KiB. So short as the quick run is, what the threads' arenas of memory have by chance is still growing. */
enum { CLOSERS = 4, MOST_CALLERS = 64, MOST_GROWTH = 4096, MOST_GROWTH_QUICK = 16384, WARM_ROUNDS = 100 };

static const char leave[] =
    "local replicate = require 'replicate'\n"
    "local url, number = ...\n"
    "client = assert(replicate.new { poll_interval = 0.02 })\n"
    "events = client:stream('sandbox/story', { input = { prompt = 'a fox', max_tokens = 60, tokens_per_second = 50 } })\n"
    "local file = client:file_output(url)\n"
    "chunks = file:chunks()\n"
    "saved = file:save(os.getenv 'FAULTS_FOLDER' .. '/saved-' .. number, function() end)\n"
    "run = client:run('sandbox/slow', { input = { steps = 30 }, wait = false }, function() error 'it has ended' end)\n"
    "if client:pending() % 2 == 0 then assert(events:next()) end\n"
    "client:poll(0.001)\n";

static const char prepare[] =
    "local client = assert(require('replicate').new())\n"
    "local output = assert(client:run('sandbox/bytes', { input = { size = 4194304 }, wait = 5 }))\n"
    "client:close()\n"
    "return tostring(output)\n";

/* ... -> how many answers were another's */
static const char call[] =
    "local replicate = require 'replicate'\n"
    "local number, calls = ...\n"
    "local client = assert(replicate.new { poll_interval = 0.02, timeout = 120, connections_per_host = 4 })\n"
    "local wrong = 0\n"
    "for i = 1, calls do\n"
    "    local nonce = ('%d-%d'):format(number, i)\n"
    "    if i % 4 == 0 then\n"
    "        client:run('replicate/hello-world', { input = { text = nonce } }, function(output, err)\n"
    "            if output ~= 'hello ' .. nonce then wrong = wrong + 1; io.stderr:write(tostring(err or output), '\\n') end\n"
    "        end)\n"
    "    else\n"
    "        local made, err = client.predictions:create { model = 'replicate/hello-world', input = { text = nonce } }\n"
    "        if not made or made.input.text ~= nonce then wrong = wrong + 1; io.stderr:write(tostring(err or made.input.text), '\\n') end\n"
    "    end\n"
    "    if i % 16 == 0 then client:loop() end\n"
    "end\n"
    "client:loop()\n"
    "client:close()\n"
    "return wrong\n";

/* 64 streams, of which each tells its own prompt's story: one piece of each in turn. */
static const char read_all[] =
    "local replicate = require 'replicate'\n"
    "local count = ...\n"
    "local client = assert(replicate.new { timeout = 120 })\n"
    "local function text_of(seed)\n"
    "    local output = assert(client:run('sandbox/story', { input = { prompt = 'p' .. seed, max_tokens = 12, tokens_per_second = 1000,\n"
    "        seed = seed } }))\n"
    "    return type(output) == 'table' and table.concat(output) or output\n"
    "end\n"
    "local streams, texts = {}, {}\n"
    "for i = 1, count do\n"
    "    texts[i] = ''\n"
    "    streams[i] = client:stream('sandbox/story', { input = { prompt = 'p' .. i, max_tokens = 12, tokens_per_second = 1000, seed = i } })\n"
    "end\n"
    "local open = count\n"
    "while open > 0 do\n"
    "    for i, stream in pairs(streams) do\n"
    "        local event, err = stream:next()\n"
    "        assert(not err, err)\n"
    "        if not event then streams[i] = nil; open = open - 1\n"
    "        elseif event.event == 'output' then texts[i] = texts[i] .. event.data end\n"
    "    end\n"
    "end\n"
    "local wrong = 0\n"
    "for i = 1, count do if texts[i] ~= text_of(i) then wrong = wrong + 1 end end\n"
    "client:close()\n"
    "return wrong\n";

static char url[4096];
static int turns, calls;
static long slow_closes, wrong_answers;
static int patience = 1; /* under a sanitizer, TEST_PATIENCE times as much */

/* Runs a script in a state of its own; `result` gets its number, or its text if `text` is not NULL. */
static int host(const char *script, int first, int second, const char *argument, long *result, char *text) {
    lua_State *L = luaL_newstate();
    if (L == NULL) return 0;
    luaL_openlibs(L);
    int status = luaL_loadstring(L, script), top = 0;
    if (argument != NULL) lua_pushstring(L, argument), top++;
    lua_pushinteger(L, first), lua_pushinteger(L, second), top += 2;
    if (status == LUA_OK) status = lua_pcall(L, top, 1, 0);
    if (status != LUA_OK) fprintf(stderr, "  %s\n", lua_tostring(L, -1));
    else if (text != NULL) snprintf(text, sizeof url, "%s", lua_tostring(L, -1));
    else if (result != NULL) *result = (long)lua_tointeger(L, -1);
    double start = seconds_now();
    lua_close(L);
    if (seconds_now() - start > 2 * patience) __atomic_add_fetch(&slow_closes, 1, __ATOMIC_SEQ_CST);
    return status == LUA_OK;
}

static void *close_some(void *number) {
    for (int i = 0; i < turns; i++) {
        if (!CHECK(host(leave, (int)(intptr_t)number, 0, url, NULL, NULL))) break;
    }
    return NULL;
}

static void *call_some(void *number) {
    long wrong = 1;
    CHECK(host(call, (int)(intptr_t)number, calls, NULL, &wrong, NULL));
    __atomic_add_fetch(&wrong_answers, wrong, __ATOMIC_SEQ_CST);
    return NULL;
}

static void in_threads(int count, void *(*run)(void *)) {
    pthread_t threads[MOST_CALLERS];
    for (int i = 0; i < count; i++) CHECK(pthread_create(&threads[i], NULL, run, (void *)(intptr_t)(i + 1)) == 0);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

/* What is in memory, without what the C library keeps for the next one that asks: with several threads that is by chance. */
static size_t kept_kib(void) {
    malloc_trim(0);
    return resident_kib();
}

static void row(const char *name, const char *what, const char *measured, int is_ok) {
    printf("row\t%s\t%s\t%s\t%s\n", name, what, measured, is_ok ? "ok" : "missed");
}

/* R14 on so many threads: memory is what it will be after the first rounds. */
static void close_on(int closers, int rounds, int is_long, const char *where) {
    char what[200], measured[300];
    size_t threads = thread_count(NULL), descriptors = descriptor_count();
    long slow_before = slow_closes;
    turns = (is_long ? WARM_ROUNDS : 40) / closers;
    in_threads(closers, close_some);
    CHECK(threads_fall_to(NULL, threads) && descriptors_fall_to(descriptors));
    size_t warm = kept_kib();
    turns = rounds;
    double start = seconds_now();
    in_threads(closers, close_some);
    int is_flat = CHECK(threads_fall_to(NULL, threads)) & CHECK(descriptors_fall_to(descriptors));
    size_t end = kept_kib();
    is_flat &= CHECK(end <= warm + (size_t)(is_long ? MOST_GROWTH : MOST_GROWTH_QUICK)) & CHECK(slow_closes == slow_before);
    snprintf(what, sizeof what, "%d x (newstate, require, a stream and a download, lua_close in the midst) %s: under %d MiB more "
             "(one heap: MALLOC_ARENA_MAX=1)",
             rounds, where, (is_long ? MOST_GROWTH : MOST_GROWTH_QUICK) >> 10);
    snprintf(measured, sizeof measured, "%d states in %.0f s: %zu KiB after the first %d, %zu at the end; %zu descriptors, %zu "
             "threads; %ld closes over 2 s", turns * closers, seconds_now() - start, warm, is_long ? WARM_ROUNDS : 40, end,
             descriptor_count(), thread_count(NULL), slow_closes - slow_before);
    row("R14", what, measured, is_flat);
}

int main(int count, char **arguments) {
    int is_long = count > 1 && strcmp(arguments[1], "long") == 0, callers = is_long ? 64 : 8;
    char measured[300];
    if (getenv("TEST_PATIENCE") != NULL) patience = atoi(getenv("TEST_PATIENCE"));
    size_t threads = thread_count(NULL), descriptors = descriptor_count();
    CHECK(host(prepare, 0, 0, NULL, NULL, url));

    close_on(1, is_long ? 1000 : 30, is_long, "on one thread");
    close_on(CLOSERS, is_long ? 1000 : 50, is_long, "on each of 4 threads");

    calls = is_long ? 200 : 25;
    double start = seconds_now();
    in_threads(callers, call_some);
    int is_right = CHECK(wrong_answers == 0) & CHECK(threads_fall_to(NULL, threads)) & CHECK(descriptors_fall_to(descriptors));
    long streams = is_long ? 64 : 16, wrong_streams = streams;
    CHECK(host(read_all, (int)streams, 0, NULL, &wrong_streams, NULL));
    is_right &= CHECK(wrong_streams == 0) & CHECK(threads_fall_to(NULL, threads));
    snprintf(measured, sizeof measured, "%d threads x %d calls in %.0f s, %ld wrong; %ld streams in one thread, %ld wrong", callers, calls,
             seconds_now() - start, wrong_answers, streams, wrong_streams);
    row("R22", "each answer carries its request's number, in each thread's own state; many streams in one thread", measured, is_right);
    return check_done("states");
}
