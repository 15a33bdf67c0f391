/*
 * loopback.h - a small HTTP server on a thread of the test, for peers that no real server would be: silent, wrong, or
 * gone. It binds port 0 of 127.0.0.1 and keeps connections open. What it answers is decided by a function.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <stddef.h>

struct loopback;

struct loopback_request {
    const char *method;
    const char *path;
    const char *body; /* ends in NUL */
    size_t length;
    int number; /* 0 for the first request that this server got */
    size_t *answer_length; /* to be set where the answer holds NUL */
};

/* Runs on the server's thread. Returns the whole answer, which the server frees; NULL never answers. */
typedef char *(*loopback_handler)(const struct loopback_request *request, void *context);

/* Handlers. */
char *loopback_silent(const struct loopback_request *request, void *context); /* accepts, reads, never answers */
char *loopback_raw(const struct loopback_request *request, void *context);    /* context: the answer, with its head */
char *loopback_json(const struct loopback_request *request, void *context);   /* context: the body of a 200 */
char *loopback_echo(const struct loopback_request *request, void *context);   /* a prediction whose output is its input */
char *loopback_endless(const struct loopback_request *request, void *context); /* a prediction that never ends */

/* "HTTP/1.1 200 OK" with a JSON body. */
char *loopback_answer(const char *body);

/* Ends the process if it cannot start. */
struct loopback *loopback_start(loopback_handler handler, void *context);

/* Like the silent one, but resets each connection once it has read `bytes` of it. */
struct loopback *loopback_start_resetting(size_t bytes);

/* Ends the thread and closes every socket. */
void loopback_stop(struct loopback *server);

const char *loopback_url(const struct loopback *server);

/* Requests read whole so far, and the bytes of their bodies. */
int loopback_requests(struct loopback *server);
size_t loopback_body_bytes(struct loopback *server);

/* Waits until so many requests were read; 0 if that took more than ten seconds. */
int loopback_await(struct loopback *server, int requests);

#endif
