/* R62: whether the time of a refusal tells where the code is wrong: webhooks whose code differs in its first byte against such
   whose code differs in its last. Which comes next is drawn by a seed; what is kept per class is a mean and a variance, after the
   slowest were cut off at several places, as dudect does; Welch's t of each. Arguments: the file with the webhooks (Tests/Text/
   timing makes it), how many in each of three runs, the limit of t. Prints the row. */
#define _GNU_SOURCE
#include <replicate.h>

#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WEBHOOKS = 256, TEXT = 128, RUNS = 3, CUTS = 20 };

struct webhook {
    char id[TEXT], time[TEXT], signature[2][TEXT]; /* wrong in the first byte, in the last */
};

struct class {
    double count, mean, squares;
};

static struct webhook webhooks[WEBHOOKS];
static char secret[TEXT], id[TEXT], when[TEXT], signature[TEXT];
static const char body[] = "{\"test\": 2432232314}";

static uint64_t state = 20261122;

static uint64_t drawn(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC_RAW, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void add(struct class *to, double value) {
    to->count++;
    double far = value - to->mean;
    to->mean += far / to->count;
    to->squares += far * (value - to->mean);
}

static double welch(const struct class *one, const struct class *other) {
    if (one->count < 1000 || other->count < 1000) return 0;
    double spread = one->squares / (one->count - 1) / one->count + other->squares / (other->count - 1) / other->count;
    return spread > 0 ? (one->mean - other->mean) / sqrt(spread) : 0;
}

static int by_size(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

/* Nanoseconds of one refusal. All texts are in the same places for both classes; which of the two signatures gets there is no
   question of a branch or an address, so that no cache knows of it. */
static uint32_t refusal(const struct webhook *webhook, int class, const char *kind) {
    memcpy(id, webhook->id, TEXT);
    memcpy(when, webhook->time, TEXT);
    volatile unsigned char mask = (unsigned char)-class;
    for (int i = 0; i < TEXT; i++) {
        signature[i] = (char)((webhook->signature[0][i] & ~mask) | (webhook->signature[1][i] & mask));
    }
    __sync_synchronize();
    uint64_t start = now();
    replicate_error *error = replicate_webhook_validate(id, when, signature, body, sizeof body - 1, secret, -1);
    uint64_t end = now();
    if (error == NULL || strcmp(replicate_error_kind(error), kind) != 0) {
        fprintf(stderr, "%s\n", error == NULL ? "a wrong code was believed" : replicate_error_text(error));
        exit(1);
    }
    replicate_error_free(error);
    return end - start < UINT32_MAX ? (uint32_t)(end - start) : UINT32_MAX;
}

/* The largest t of all cuts, with its sign; t without a cut in *whole. */
static double run(size_t count, double *whole, double *mean) {
    uint32_t *times = malloc(count * sizeof *times), *sorted = malloc(count * sizeof *sorted);
    unsigned char *classes = malloc(count);
    if (times == NULL || sorted == NULL || classes == NULL) exit(1);
    for (size_t i = 0; i < count; i++) {
        uint64_t random = drawn();
        classes[i] = random >> 40 & 1;
        times[i] = refusal(&webhooks[random >> 20 & (WEBHOOKS - 1)], classes[i], "auth");
    }
    memcpy(sorted, times, count * sizeof *times);
    qsort(sorted, count, sizeof *sorted, by_size);
    double worst = 0;
    for (int cut = 0; cut <= CUTS; cut++) {
        /* dudect's: the more, the closer to the bulk. 0 cuts nothing. */
        double part = 1 - pow(0.5, 10.0 * cut / CUTS);
        uint32_t limit = cut == 0 ? UINT32_MAX : sorted[(size_t)((double)(count - 1) * part)];
        struct class both[2] = {{0, 0, 0}, {0, 0, 0}};
        /* The first hundredth warms up. */
        for (size_t i = count / 100; i < count; i++) {
            if (times[i] <= limit) add(&both[classes[i]], times[i]);
        }
        double t = welch(&both[0], &both[1]);
        if (cut == 0) *whole = t, *mean = both[0].mean;
        if (fabs(t) > fabs(worst)) worst = t;
    }
    free(times), free(sorted), free(classes);
    return worst;
}

static void read_line(FILE *file, char *text) {
    if (fgets(text, TEXT, file) == NULL) exit(1);
    text[strcspn(text, "\n")] = 0;
}

int main(int count, char **arguments) {
    FILE *file = count > 3 ? fopen(arguments[1], "r") : NULL;
    if (file == NULL) return 1;
    read_line(file, secret);
    for (int i = 0; i < WEBHOOKS; i++) {
        struct webhook *each = &webhooks[i];
        read_line(file, each->id), read_line(file, each->time);
        read_line(file, each->signature[0]), read_line(file, each->signature[1]);
    }
    fclose(file);
    size_t times = strtoull(arguments[2], NULL, 10);
    double limit = strtod(arguments[3], NULL), worst[RUNS], whole[RUNS], mean[RUNS];
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(sched_getcpu(), &core);
    int pinned = sched_setaffinity(0, sizeof core, &core) == 0, good = 0;
    for (int i = 0; i < RUNS; i++) {
        worst[i] = run(times, &whole[i], &mean[i]);
        good += fabs(worst[i]) < limit;
    }
    printf("row\tR62\tconstant time: a code wrong in byte 0 against byte 31, %zu times, Welch's |t| under %.1f in 3 of 3 runs\t"
           "worst t of %d cuts %+.2f %+.2f %+.2f, uncut %+.2f %+.2f %+.2f; about %.1f us each; on one core%s, beside what else runs "
           "on this machine; order drawn by seed 20261122; the slowest cut off as dudect does; "
           "a control with one code more to compare is seen\t%s\n",
           times, limit, CUTS, worst[0], worst[1], worst[2], whole[0], whole[1], whole[2], mean[0] / 1000, pinned ? "" : ", not pinned",
           good == RUNS && pinned ? "ok" : "missed");
    printf("timing: %d passed, %d failed\n", good, RUNS - good);
    return good == RUNS ? 0 : 1;
}
