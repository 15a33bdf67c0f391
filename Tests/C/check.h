/* check.h - CHECK(condition) counts, and says where a condition is false; check_done says the sums. For any thread. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int check_passed, check_failed;

#define CHECK(condition) check_that((condition) ? 1 : 0, __FILE__, __LINE__, #condition)

/* Returns what it was given, so that a test can stop where going on makes no sense. */
static inline int check_that(int holds, const char *file, int line, const char *what) {
    if (holds) {
        __atomic_add_fetch(&check_passed, 1, __ATOMIC_RELAXED);
    } else if (__atomic_add_fetch(&check_failed, 1, __ATOMIC_RELAXED) <= 20) {
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
