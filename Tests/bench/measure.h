/*
 * measure.h - the clocks of the C programs here, and the one line that each prints: calls, CPU seconds, wall seconds.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

struct moment {
    double cpu;
    double wall;
};

static struct moment now(void) {
    struct rusage usage;
    struct timespec time;
    getrusage(RUSAGE_SELF, &usage);
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (struct moment){
        (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
            (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
        (double)time.tv_sec + (double)time.tv_nsec / 1e9,
    };
}

static void print_since(struct moment start, long calls) {
    struct moment end = now();
    printf("%ld %.6f %.6f\n", calls, end.cpu - start.cpu, end.wall - start.wall);
}

static void expect(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "the benchmark is wrong: %s\n", what);
        exit(1);
    }
}

#endif
