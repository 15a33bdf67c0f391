#include "support.h"

#include <dirent.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int fine(replicate_error *error) {
    if (error == NULL) return 1;
    fprintf(stderr, "  %s\n", replicate_error_text(error));
    replicate_error_free(error);
    return 0;
}

int is_error(replicate_error *error, const char *kind, const char *word) {
    const char *found = replicate_error_kind(error), *message = replicate_error_message(error);
    int right = found != NULL && strcmp(found, kind) == 0 && message != NULL && strlen(message) < 1024 &&
                (word == NULL || strstr(message, word) != NULL);
    if (!right) {
        fprintf(stderr, "  wanted %s (%s), got %s: %s\n", kind, word ? word : "", found ? found : "no error",
                message ? message : "");
    }
    replicate_error_free(error);
    return right;
}

int known_kind(const char *kind) {
    static const char *const kinds[] = {"auth",     "billing",  "not_found", "invalid_input", "rate_limited",
                                        "model_failed", "content_filtered", "capacity", "canceled", "timeout",
                                        "network",  "truncated", "protocol", "internal"};
    for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kind, kinds[i]) == 0) return 1;
    }
    return 0;
}

static void need(replicate_error *error) {
    if (!fine(error)) exit(2);
}

replicate_config *options_of(const char *name, const char *value) {
    replicate_config *config = NULL;
    need(replicate_config_new(&config));
    need(replicate_config_set(config, name, value));
    return config;
}

replicate_client *client_of(const char *base_url, const char *name, const char *value) {
    replicate_client *client = NULL;
    replicate_config *config = options_of("base_url", base_url);
    need(replicate_config_set(config, "auth", "r8_test"));
    if (name != NULL) need(replicate_config_set(config, name, value));
    need(replicate_client_new(config, &client));
    replicate_config_free(config);
    return client;
}

replicate_input *input_of(const char *json) {
    replicate_input *input = NULL;
    need(replicate_input_new(json, strlen(json), &input));
    return input;
}

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

size_t resident_kib(void) {
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu %lu", &total, &resident) != 2) resident = 0;
    if (file != NULL) fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int threads_fall_to(const char *name, size_t most) {
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
