#include "process.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void thread_file(char *path, size_t size, const char *id, const char *file) {
    snprintf(path, size, "/proc/self/task/%.20s/%s", id, file);
}

/* Counts, and leaves the last one's id. */
static size_t find_threads(const char *name, int *last) {
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
        if (task->d_name[0] == '.') continue;
        char path[64], comm[32] = "";
        thread_file(path, sizeof path, task->d_name, "comm");
        FILE *file = fopen(path, "r");
        if (file == NULL) continue;
        if (fgets(comm, sizeof comm, file) == NULL) comm[0] = '\0';
        fclose(file);
        comm[strcspn(comm, "\n")] = '\0';
        if (comm[0] == '\0' || (name != NULL && strcmp(comm, name) != 0)) continue;
        count++;
        *last = atoi(task->d_name);
    }
    if (tasks != NULL) closedir(tasks);
    return count;
}

size_t thread_count(const char *name) {
    int ignored = 0;
    return find_threads(name, &ignored);
}

int thread_named(const char *name) {
    int id = 0;
    find_threads(name, &id);
    return id;
}

uint64_t thread_bits(int id, const char *field) {
    char path[64], number[24], line[256];
    uint64_t bits = 0;
    snprintf(number, sizeof number, "%d", id);
    thread_file(path, sizeof path, number, "status");
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        size_t length = strlen(field);
        if (strncmp(line, field, length) == 0 && line[length] == ':') bits = strtoull(line + length + 1, NULL, 16);
    }
    if (file != NULL) fclose(file);
    return bits;
}

size_t descriptor_count(void) {
    size_t count = 0;
    DIR *fds = opendir("/proc/self/fd");
    for (struct dirent *fd; fds != NULL && (fd = readdir(fds)) != NULL;) count += fd->d_name[0] != '.';
    if (fds != NULL) closedir(fds);
    return count - 1; /* the directory's own */
}

/* Under a sanitizer, which takes memory and perhaps a thread for itself, neither is measured. */
static int is_sanitized(void) {
    return getenv("TEST_PRELOAD") != NULL;
}

size_t resident_kib(void) {
    unsigned long total = 0, resident = 0;
    if (is_sanitized()) return 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu %lu", &total, &resident) != 2) resident = 0;
    if (file != NULL) fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

size_t peak_kib(void) {
    char line[256];
    unsigned long peak = 0;
    if (is_sanitized()) return 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && peak == 0 && fgets(line, sizeof line, file) != NULL) sscanf(line, "VmHWM: %lu", &peak);
    if (file != NULL) fclose(file);
    return peak;
}

double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int threads_fall_to(const char *name, size_t most) {
    if (name == NULL && is_sanitized()) most++;
    for (double end = seconds_now() + 10; thread_count(name) > most; sched_yield()) {
        if (seconds_now() > end) return 0;
    }
    return 1;
}

int descriptors_fall_to(size_t most) {
    for (double end = seconds_now() + 10; descriptor_count() > most; sched_yield()) {
        if (seconds_now() > end) return 0;
    }
    return 1;
}

uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}
