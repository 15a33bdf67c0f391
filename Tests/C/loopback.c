#include "loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 4096 };

struct connection {
    char *data;
    size_t used, size;
};

struct loopback {
    loopback_handler handler;
    void *context;
    size_t reset_after;
    char url[64];
    int stop[2];
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int requests;
    size_t body_bytes;
    struct pollfd fds[MOST_CONNECTIONS];
    struct connection connections[MOST_CONNECTIONS];
    size_t count;
};

static void need(int holds, const char *what) {
    if (!holds) {
        perror(what);
        exit(2);
    }
}

static char *format(const char *pattern, const char *text, size_t number) {
    int length = snprintf(NULL, 0, pattern, number, text);
    char *out = malloc((size_t)length + 1);
    need(out != NULL, "malloc");
    snprintf(out, (size_t)length + 1, pattern, number, text);
    return out;
}

char *loopback_answer(const char *body) {
    return format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", body, strlen(body));
}

char *loopback_silent(const struct loopback_request *request, void *context) {
    (void)request, (void)context;
    return NULL;
}

char *loopback_raw(const struct loopback_request *request, void *context) {
    (void)request;
    return strdup(context);
}

char *loopback_json(const struct loopback_request *request, void *context) {
    (void)request;
    return loopback_answer(context);
}

char *loopback_echo(const struct loopback_request *request, void *context) {
    (void)context;
    char *body = format("{\"id\":\"p%zu\",\"status\":\"succeeded\",\"output\":%s}",
                        request->length > 0 ? request->body : "null", (size_t)request->number);
    char *answer = loopback_answer(body);
    free(body);
    return answer;
}

char *loopback_endless(const struct loopback_request *request, void *context) {
    (void)context;
    char *body = format("{\"id\":\"p%zu\",\"status\":\"processing\",\"logs\":\"%s\"}", "", (size_t)request->number);
    char *answer = loopback_answer(body);
    free(body);
    return answer;
}

static void drop(struct loopback *server, size_t index, int reset) {
    if (reset) {
        struct linger linger = {1, 0};
        setsockopt(server->fds[index].fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    close(server->fds[index].fd);
    free(server->connections[index].data);
    server->count--;
    server->fds[index] = server->fds[server->count];
    server->connections[index] = server->connections[server->count];
}

static int send_all(int fd, const char *data, size_t length) {
    while (length > 0) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
        if (sent <= 0) return 0;
        data += sent;
        length -= (size_t)sent;
    }
    return 1;
}

/* Answers the request at the start of the buffer, if it is all there: 1, 0 if not yet, -1 if the connection broke. */
static int serve(struct loopback *server, size_t index) {
    struct connection *connection = &server->connections[index];
    char *end = strstr(connection->data, "\r\n\r\n");
    if (end == NULL) return 0;
    size_t length = 0;
    for (char *line = connection->data; line < end; line = strchr(line + 2, '\r')) {
        while (*line == '\r' || *line == '\n') line++;
        if (strncasecmp(line, "content-length:", 15) == 0) length = strtoul(line + 15, NULL, 10);
        if (strncasecmp(line, "expect:", 7) == 0 && connection->used == (size_t)(end + 4 - connection->data))
            send_all(server->fds[index].fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    }
    size_t whole = (size_t)(end + 4 - connection->data) + length;
    if (connection->used < whole) return 0;

    char after = connection->data[whole];
    connection->data[whole] = '\0';
    char method[16] = "", path[512] = "";
    sscanf(connection->data, "%15s %511s", method, path);
    pthread_mutex_lock(&server->mutex);
    size_t answer_length = SIZE_MAX;
    struct loopback_request request = {method, path, end + 4, length, server->requests++, &answer_length};
    server->body_bytes += length;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->mutex);
    char *answer = server->handler(&request, server->context);
    if (answer != NULL && answer_length == SIZE_MAX) answer_length = strlen(answer);
    int alive = answer == NULL || send_all(server->fds[index].fd, answer, answer_length);
    free(answer);
    connection->data[whole] = after;
    memmove(connection->data, connection->data + whole, connection->used - whole + 1);
    connection->used -= whole;
    return alive ? 1 : -1;
}

static void receive(struct loopback *server, size_t index) {
    struct connection *connection = &server->connections[index];
    if (connection->size - connection->used < 65537) {
        connection->size = connection->size * 2 + 131072;
        connection->data = realloc(connection->data, connection->size);
        need(connection->data != NULL, "realloc");
    }
    ssize_t got = recv(server->fds[index].fd, connection->data + connection->used, 65536, 0);
    if (got > 0) {
        connection->used += (size_t)got;
        connection->data[connection->used] = '\0';
        if (server->reset_after > 0) {
            if (connection->used >= server->reset_after) drop(server, index, 1);
            return;
        }
        int served;
        while ((served = serve(server, index)) > 0) {}
        if (served == 0) return;
    }
    drop(server, index, 0);
}

static void *serve_all(void *argument) {
    struct loopback *server = argument;
    while (poll(server->fds, server->count, -1) >= 0 && server->fds[0].revents == 0) {
        for (size_t i = server->count - 1; i >= 2; i--) {
            if (server->fds[i].revents != 0) receive(server, i);
        }
        if (server->fds[1].revents != 0 && server->count < MOST_CONNECTIONS) {
            int fd = accept(server->fds[1].fd, NULL, NULL);
            if (fd < 0) continue;
            server->connections[server->count] = (struct connection){NULL, 0, 0};
            server->fds[server->count++] = (struct pollfd){fd, POLLIN, 0};
        }
    }
    return NULL;
}

static struct loopback *start(loopback_handler handler, void *context, size_t reset_after) {
    struct loopback *server = calloc(1, sizeof *server);
    need(server != NULL, "calloc");
    server->handler = handler;
    server->context = context;
    server->reset_after = reset_after;
    pthread_mutex_init(&server->mutex, NULL);
    pthread_cond_init(&server->changed, NULL);
    need(pipe(server->stop) == 0, "pipe");

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    need(listener >= 0 && bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 512) == 0 &&
             getsockname(listener, (struct sockaddr *)&address, &size) == 0, "listen");
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u/v1", (unsigned)ntohs(address.sin_port));
    server->fds[0] = (struct pollfd){server->stop[0], POLLIN, 0};
    server->fds[1] = (struct pollfd){listener, POLLIN, 0};
    server->count = 2;
    need(pthread_create(&server->thread, NULL, serve_all, server) == 0, "pthread_create");
    return server;
}

struct loopback *loopback_start(loopback_handler handler, void *context) { return start(handler, context, 0); }

struct loopback *loopback_start_resetting(size_t bytes) { return start(loopback_silent, NULL, bytes); }

void loopback_stop(struct loopback *server) {
    close(server->stop[1]); /* the other end becomes readable */
    pthread_join(server->thread, NULL);
    while (server->count > 0) drop(server, server->count - 1, 0);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->mutex);
    free(server);
}

const char *loopback_url(const struct loopback *server) { return server->url; }

int loopback_requests(struct loopback *server) {
    pthread_mutex_lock(&server->mutex);
    int requests = server->requests;
    pthread_mutex_unlock(&server->mutex);
    return requests;
}

size_t loopback_body_bytes(struct loopback *server) {
    pthread_mutex_lock(&server->mutex);
    size_t bytes = server->body_bytes;
    pthread_mutex_unlock(&server->mutex);
    return bytes;
}

int loopback_await(struct loopback *server, int requests) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 10;
    int status = 0;
    pthread_mutex_lock(&server->mutex);
    while (server->requests < requests && status == 0) {
        status = pthread_cond_timedwait(&server->changed, &server->mutex, &end);
    }
    int reached = server->requests >= requests;
    pthread_mutex_unlock(&server->mutex);
    return reached;
}
