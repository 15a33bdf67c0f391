/* support.h - what the tests share: clients of a local server, error checks, and a look at the process. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <replicate.h>
#include <stddef.h>
#include <stdint.h>

/* 1 if the error is NULL; otherwise prints and frees it. */
int fine(replicate_error *error);

/* 1 if the error has this kind and, where `word` is not NULL, says it in its message. Frees it, and prints it if not. */
int is_error(replicate_error *error, const char *kind, const char *word);

/* 1 if the kind is one that the header lists. */
int known_kind(const char *kind);

/* A client with a made-up token; `name` and `value` are one more option, if not NULL. Ends the process on failure. */
replicate_client *client_of(const char *base_url, const char *name, const char *value);

/* Ends the process if it is not JSON. */
replicate_input *input_of(const char *json);

/* A configuration with one option. */
replicate_config *options_of(const char *name, const char *value);

/* Of /proc/self: threads with this name (all if NULL), open descriptors, KiB in memory. */
size_t thread_count(const char *name);
size_t descriptor_count(void);
size_t resident_kib(void);

/* The id of some thread with this name; 0 if there is none. */
int thread_named(const char *name);

/* Waits until there are no more than `most` such threads, or descriptors; 0 if ten seconds do not do. */
int threads_fall_to(const char *name, size_t most);
int descriptors_fall_to(size_t most);

/* The bits of a field of /proc/self/task/ID/status, such as "SigBlk". */
uint64_t thread_bits(int id, const char *field);

double seconds_now(void);

/* xorshift; the same numbers for the same seed. */
uint64_t next_random(uint64_t *state);

#endif
