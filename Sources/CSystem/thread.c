#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct start {
    char name[16];
    void (*body)(void *context);
    void *context;
};

static int running; /* threads that were started here and have not ended */
static int is_orphan;

/* Of the parent's threads a child has one. What the others held, locks above all, stays as it was, for ever. */
static void in_child(void) {
    if (__atomic_load_n(&running, __ATOMIC_RELAXED) > 0) {
        __atomic_store_n(&is_orphan, 1, __ATOMIC_RELAXED);
    }
}

static void watch_forks(void) {
    pthread_atfork(NULL, NULL, in_child);
}

int csystem_is_orphan(void) {
    return __atomic_load_n(&is_orphan, __ATOMIC_RELAXED);
}

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    pthread_setname_np(pthread_self(), start.name);
    start.body(start.context);
    __atomic_fetch_sub(&running, 1, __ATOMIC_RELAXED);
    return NULL;
}

int csystem_start_thread(const char *name, size_t stack_size, void (*body)(void *context), void *context) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    if (csystem_is_orphan()) {
        return EAGAIN;
    }
    struct start *start = calloc(1, sizeof *start);
    if (start == NULL) {
        return ENOMEM;
    }
    strncpy(start->name, name, sizeof start->name - 1);
    start->body = body;
    start->context = context;

    pthread_attr_t attributes;
    int status = pthread_attr_init(&attributes);
    if (status != 0) {
        free(start);
        return status;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack_size);

    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    __atomic_fetch_add(&running, 1, __ATOMIC_RELAXED);
    status = pthread_create(&thread, &attributes, run, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (status != 0) {
        __atomic_fetch_sub(&running, 1, __ATOMIC_RELAXED);
        free(start);
    }
    return status;
}
