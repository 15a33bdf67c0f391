/* check.h - CHECK(condition) counts, and says where a condition is false; check_done says the sums. For any thread.
   What counts is the place in the source: one that is passed a million times is one check, so that the sums of all tests
   can be added up, and are the same in every run. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int check_passed, check_failed, check_shown;

/* Returns what it was given, so that a test can stop where going on makes no sense. */
#define CHECK(condition) \
    (__extension__({ static int check_place; check_that((condition) ? 1 : 0, &check_place, __FILE__, __LINE__, #condition); }))

static inline int check_that(int holds, int *place, const char *file, int line, const char *what) {
    enum { UNSEEN, PASSED, FAILED };
    int before = __atomic_load_n(place, __ATOMIC_RELAXED), now = holds ? PASSED : FAILED;
    while (now > before && !__atomic_compare_exchange_n(place, &before, now, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
    if (now > before) {
        if (before == PASSED) __atomic_sub_fetch(&check_passed, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(holds ? &check_passed : &check_failed, 1, __ATOMIC_RELAXED);
    }
    if (!holds && __atomic_add_fetch(&check_shown, 1, __ATOMIC_RELAXED) <= 20) {
        fprintf(stderr, "%s:%d: %s\n", file, line, what);
    }
    return holds;
}

/* The exit code of the test. */
static inline int check_done(const char *name) {
    printf("%s: %d passed, %d failed\n", name, check_passed, check_failed);
    return check_failed == 0 && check_passed > 0 ? 0 : 1;
}

#endif
