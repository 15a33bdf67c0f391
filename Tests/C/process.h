/* process.h - a look at this process. It uses nothing of the library, for programs that load it themselves. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stddef.h>
#include <stdint.h>

/* Of /proc/self: threads with this name (all if NULL), open descriptors, KiB in memory. */
size_t thread_count(const char *name);
size_t descriptor_count(void);
size_t resident_kib(void);
size_t peak_kib(void); /* the most it ever was */

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
