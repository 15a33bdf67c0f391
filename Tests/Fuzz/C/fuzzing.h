/* fuzzing.h - what the targets in C share: the input as a series of choices, and the demand that is made of a result. */
#ifndef FUZZING_H
#define FUZZING_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the program where it does not hold: libFuzzer keeps the input. */
#define DEMAND(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: demanded: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

typedef struct choices {
    const uint8_t *at, *end;
} choices;

/* 0 when there are no more. */
static inline uint8_t next_byte(choices *input) {
    return input->at < input->end ? *input->at++ : 0;
}

/* Up to `most` bytes, as many as the next byte says, with a NUL behind them; yours to free, and of just that size, so that
   AddressSanitizer sees what reads past them. */
static inline char *next_text(choices *input, size_t most, size_t *length) {
    size_t count = next_byte(input), left = (size_t)(input->end - input->at);
    char *text;
    if (count == 255) count = most;
    if (count > most) count = most;
    if (count > left) count = left;
    text = malloc(count + 1);
    if (text == NULL) abort();
    memcpy(text, input->at, count);
    text[count] = '\0';
    input->at += count;
    *length = count;
    return text;
}

#endif
