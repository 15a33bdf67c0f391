/* The few Linux calls that Swift's Glibc module does not show, because they are behind _GNU_SOURCE or in headers of
   their own. Nothing else belongs here. */
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stddef.h>

/* Runs body(context) on a new detached thread with this name (at most 15 bytes) and stack, with every signal blocked:
   signals are the host's business. The caller's own mask is as it was. Returns 0 or an errno value. */
int csystem_start_thread(const char *name, size_t stack_size, void (*body)(void *context), void *context);

/* 1 in a process that was forked, without exec, from one in which such threads ran: here they do not. */
int csystem_is_orphan(void);

/* A descriptor that is readable between raise and clear. Returns -1 with errno set when there is none left. */
int csystem_event_new(void);
void csystem_event_raise(int descriptor);
void csystem_event_clear(int descriptor);

/* A folder to name files in (openat and the like); it need not be readable. Returns -1 with errno set. */
int csystem_open_folder(const char *path);

#endif
