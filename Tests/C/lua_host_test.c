/* Proves: a program that hosts Lua may close its state while runs are under way, 200 times and on 4 threads, and go on:
   no crash later, no thread, no descriptor, no memory left; the same with dlopen and dlclose of the library itself.
   HOST_SECONDS (default 15): how long it goes on, since a library that was unloaded too early crashes seconds later. Nothing here
   is linked with the library, or it would never be unloaded. */
#include "check.h"
#include "loopback.h"
#include "process.h"

#include <dlfcn.h>
#include <lauxlib.h>
#include <lualib.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#ifndef LUA_OK /* Lua 5.1 and LuaJIT */
#define LUA_OK 0
#endif

enum { ROUNDS = 200, WARM = 50, THREADS = 4 };

static const char script[] =
    "local replicate = require 'replicate'\n"
    "local url = ...\n"
    "clients = {}\n" /* global, so that lua_close is what ends them */
    "for i = 1, 2 do\n"
    "    local client = assert(replicate.new { auth = 'r8_CANARYq7Zk2VxW9mT4sB6nLhYdR', base_url = url, poll_interval = 0.01 })\n"
    "    clients[i] = client\n"
    "    requests = {}\n"
    "    for j = 1, 5 do\n"
    "        requests[j] = client:run('o/n', { input = { n = j } }, function() end)\n"
    "    end\n"
    "    client:poll(0.001)\n"
    "end\n"
    "assert(not pcall(clients[1].run, clients[1], 1))\n"
    "coroutine.wrap(function() local held = clients[1]; coroutine.yield(held) end)()\n"; /* left suspended */

static void host(const char *url) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    int status = luaL_loadstring(L, script);
    lua_pushstring(L, url);
    if (status == LUA_OK) status = lua_pcall(L, 1, 0, 0);
    if (!CHECK(status == LUA_OK)) fprintf(stderr, "  %s\n", lua_tostring(L, -1));
    lua_close(L);
}

static void *host_some(void *url) {
    for (int i = 0; i < ROUNDS / THREADS; i++) host(url);
    return NULL;
}

static void load_and_unload(void) {
    const char *path = getenv("REPLICATE_TEST_LIBRARY");
    for (int i = 0; path != NULL && i < 50; i++) {
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!CHECK(library != NULL)) break;
        const char *(*version)(void);
        *(void **)&version = dlsym(library, "replicate_version");
        CHECK(version != NULL && version()[0] != '\0');
        CHECK(dlclose(library) == 0);
    }
}

int main(void) {
    struct loopback *server = loopback_start(loopback_endless, NULL), *silent = loopback_start(loopback_silent, NULL);
    const char *const urls[] = {loopback_url(server), loopback_url(silent)};
    size_t threads = thread_count(NULL), descriptors = descriptor_count(), warm = 0;
    load_and_unload();
    for (int i = 0; i < ROUNDS; i++) {
        host(urls[i % 2]);
        if (i + 1 == WARM) {
            CHECK(threads_fall_to(NULL, threads));
            warm = resident_kib();
        }
    }
    CHECK(threads_fall_to(NULL, threads) && descriptors_fall_to(descriptors));
    size_t end = resident_kib();
    if (!CHECK(end <= warm + 4096)) fprintf(stderr, "  %zu KiB, then %zu KiB\n", warm, end);

    pthread_t hosts[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&hosts[i], NULL, host_some, (void *)(uintptr_t)urls[i % 2]);
    for (int i = 0; i < THREADS; i++) pthread_join(hosts[i], NULL);
    CHECK(threads_fall_to(NULL, threads) && descriptors_fall_to(descriptors));
    load_and_unload();

    const char *seconds = getenv("HOST_SECONDS");
    poll(NULL, 0, (seconds != NULL ? atoi(seconds) : 15) * 1000); /* the host goes on: this time is the test itself */
    CHECK(thread_count(NULL) == threads);
    host(urls[0]);
    CHECK(threads_fall_to(NULL, threads) && descriptors_fall_to(descriptors));
    loopback_stop(server), loopback_stop(silent);
    return check_done("lua_host");
}
