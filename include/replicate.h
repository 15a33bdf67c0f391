/*
 * replicate.h - run AI models on Replicate (https://replicate.com) from C.
 *
 * A program makes a client, starts requests on it, and takes their results as events, in whatever way suits its loop:
 * without blocking once a frame, by waiting, or when a descriptor becomes readable. No function here blocks unless it
 * says so, and none calls back on a thread that is not the caller's.
 *
 *     replicate_client *client;
 *     replicate_error *error = replicate_client_new(NULL, &client);         // token: REPLICATE_API_TOKEN
 *
 * Ownership. Handles are opaque. What comes through a pointer to pointer is yours to free with the function named after
 *   it; what is returned as a const pointer is borrowed and dies with its parent. Every free takes NULL. Arguments are
 *   copied: they may be changed or freed as soon as a function returns.
 * Errors. A function that can fail returns NULL, or an error that is yours to free; its out-parameters are then set to
 *   NULL, 0 or, for a descriptor, -1. NULL for a handle or text that is needed, a length that cannot be, text that is not
 *   UTF-8, a handle that was freed: each is an error of the kind "invalid_input" which names the argument, never a crash.
 *   Handles are not addresses, so that a stale one is told from a live one; do not look inside.
 * Threads. Every function may be called from any thread, also at the same time with the same handles, with one
 *   exception: text borrowed from a handle must not be used while another thread frees that handle. A client has one
 *   network thread, which blocks all signals; names are resolved by libcurl, in a short-lived thread of its own.
 * Processes. fork() copies one thread, and every lock as it was. In a child that was forked while a client was alive, and has
 *   not called exec, handles are therefore not looked at: functions that can fail give an error of the kind "internal" that
 *   says so, accessors give nothing, frees do nothing, and no client can be made. None of them hangs. Fork before the first
 *   client is made (a server's workers each make their own), or after the last one was freed and its thread has ended.
 * What libcurl 7.88 does not see, and so neither does this library: an idle connection is not looked at before it is used again, and
 *   stays open; a server's answer that nobody asked for, on an idle connection of HTTP/1.1, is taken for the answer to the next
 *   request (one with another id is refused); an answer in gzip that
 *   is whole by its length and as JSON, but lacks some of gzip's last 8 bytes, is taken for whole.
 * libcurl makes the boundary of a form: an upload that is sent again is the same byte for byte but for its boundary.
 * Limits that cannot be set: an answer may be in gzip once, and not in gzip within gzip; up to 32 interim answers (HTTP 1xx) may
 *   come before one; the id of a stream's event has at most 8 KiB. What goes beyond is a "protocol" error. No server of the API
 *   comes near. The others are below, with the option that sets each.
 * Text is UTF-8 and ends in NUL. Where a length is given as well, the text may hold NUL before its end. What becomes a part
 *   of a path (an id, an owner, a name, a version, a slug) has 1 to 1,024 bytes; no slash and no control character is among
 *   them. Other texts have their limits where they are described; JSON may have 1 GiB. What is longer is "invalid_input".
 * JSON is passed on as the server sent it: fields that this library does not know, too. What RFC 8259 does not allow, what is not
 *   UTF-8, and more than 512 levels are "protocol" errors; a byte order mark before it is passed over. Of equal keys the accessors
 *   take the last; half of a surrogate pair, which only an escape can write, reads as U+FFFD.
 *
 * Stands on: the HTTP API of https://replicate.com/docs/reference/http.
 */
#ifndef REPLICATE_H
#define REPLICATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ---------------------------------------------------------------------------------------------------- */

#define REPLICATE_VERSION_MAJOR 0
#define REPLICATE_VERSION_MINOR 1
#define REPLICATE_VERSION_PATCH 0
#define REPLICATE_VERSION "0.1.0"

/* The version of the library that runs, as "major.minor.patch"; REPLICATE_VERSION is the one compiled against. Never
   NULL, never freed. */
const char *replicate_version(void);

/* ---- Types ------------------------------------------------------------------------------------------------------ */

typedef struct replicate_error replicate_error;
typedef struct replicate_config replicate_config;
typedef struct replicate_client replicate_client;
typedef struct replicate_input replicate_input;
typedef struct replicate_file replicate_file;
typedef struct replicate_request replicate_request;
typedef struct replicate_event replicate_event;

/* ---- Errors ----------------------------------------------------------------------------------------------------- */

/* What a program can decide on, one of:
     "auth"              no token, or one that the service does not take (HTTP 401, 403)
     "billing"           the account cannot pay (402)
     "not_found"         (404, 410)
     "invalid_input"     an argument is wrong, here or by the service's word (400, 409, 413, 422, other 4xx)
     "rate_limited"      (429) see replicate_error_retry_after
     "model_failed"      the prediction ran and failed
     "content_filtered"  the model refused the input or its own output
     "capacity"          no room at the service or the model now (503)
     "canceled"          by replicate_request_cancel, by closing the client, or at the server
     "timeout"           a time limit passed; the message says which
     "network"           not reached, broken on the way, or the service failed to answer (408, 425, 5xx)
     "truncated"         an answer ended too early
     "protocol"          an answer is not what the API promises
     "internal"          a fault of this library, or of what it stands on
   NULL for NULL or a freed handle. */
const char *replicate_error_kind(const replicate_error *error);

/* One sentence for a person. It never holds the token, and at most 300 characters that a server sent. */
const char *replicate_error_message(const replicate_error *error);

/* One line with the kind, the message and the HTTP status, to log as it is. */
const char *replicate_error_text(const replicate_error *error);

/* The HTTP status, or 0 where no answer was read. */
int32_t replicate_error_status(const replicate_error *error);

/* The title and the detail of the server's answer, cut as the message is; NULL where it had none. */
const char *replicate_error_title(const replicate_error *error);
const char *replicate_error_detail(const replicate_error *error);

/* JSON: the array of `{"type", "field", "description"}` with which the service explains a 422; NULL where there is none. */
const char *replicate_error_invalid_fields(const replicate_error *error, size_t *length);

/* Seconds that the server asked to wait, or a negative number where it did not. */
double replicate_error_retry_after(const replicate_error *error);

/* What the server's headers said of its rate limit: how many requests are left, and after how many seconds it counts anew;
   a negative number where they did not say. */
int64_t replicate_error_rate_limit_remaining(const replicate_error *error);
double replicate_error_rate_limit_reset(const replicate_error *error);

/* The service's code in a failed prediction's error, such as "E1001"; NULL where it has none. */
const char *replicate_error_code(const replicate_error *error);

/* 1 when the same call may succeed later, unchanged; else 0. Of a create, look at the delivery first. */
int32_t replicate_error_retryable(const replicate_error *error);

/* What became of a create that failed; NULL for other calls:
     "not_sent"    nothing of it reached the server: there is no prediction
     "rejected"    the server said no: there is no prediction
     "maybe_sent"  all or part of it was sent: a prediction may run, and may be billed */
const char *replicate_error_delivery(const replicate_error *error);

/* How many HTTP requests were made for the request that failed; 0 when none was. */
int32_t replicate_error_attempts(const replicate_error *error);

/* JSON: those requests, the last 20 of them, as an array of {"error", "status", "message", "seconds", "wait"}: the kind, the HTTP
   status where there was one, how long the attempt took, and what was waited after it, where another followed. NULL where none
   was made. */
const char *replicate_error_tries(const replicate_error *error, size_t *length);

/* JSON: the prediction as last seen, so that a paid run is not lost with a failed wait; NULL where none is known. Of a create
   whose answer was cut behind its id, {"id": …} alone. */
const char *replicate_error_prediction(const replicate_error *error, size_t *length);

void replicate_error_free(replicate_error *error);

/* What a program that cannot be changed tells of its requests: with the environment's REPLICATE_LOG, "error", "info" or "debug",
   the network thread writes lines to standard error, each beginning with "replicate: ". "error": answers of 400 and more, and
   failures; "info": every answer and retry; "debug": requests and headers too. No line holds the token, a body, a query, a header
   that may be secret, or the path of a URL on another host than the API's. Default: nothing is written. */

/* ---- Configuration ---------------------------------------------------------------------------------------------- */

/* Settings by name, for a client or for one call. Errors: "internal" when there is no room for another handle. */
replicate_error *replicate_config_new(replicate_config **config);

/* Sets an option, as text; the value NULL takes it back, but for auth and wait, where it means "none". A value has at most
   16 KiB.

   Of a client:
     auth                  the API token; default: the environment's REPLICATE_API_TOKEN. NULL: send none, on purpose
     base_url              default: REPLICATE_BASE_URL, else https://api.replicate.com/v1. http only on loopback; an
                           IPv6 address without a zone (%25eth0)
     env_file              a file of NAME=value lines, such as .env, for REPLICATE_API_TOKEN, _BASE_URL, _POLL_INTERVAL and
                           _LOG, SSL_CERT_FILE and SSL_CERT_DIR, where the environment does not have them (not for
                           proxies); read once, at most 64 KiB. There need be none
     user_agent            default "replicate-lua/VERSION"
     connections_per_host  1 to 4096; default 64. As many requests are under way at once (over HTTP/2 8 times as many); the
                           others wait for their turn, but for streams, downloads in chunks, cancels and deletes. Over
                           HTTP/2 they share connections, but those that begin before a client's first one is there have
                           one each
     proxy                 such as http://host:port or socks5h://host:port; default: the environment's HTTPS_PROXY, ALL_PROXY,
                           NO_PROXY. What is on this machine itself is never asked through a proxy
     ca_file               a file of certificates (PEM) to trust instead of the system's; default: what the environment's
                           SSL_CERT_FILE and SSL_CERT_DIR name, each or both instead of the system's; of an https
                           proxy, too. TLS is 1.2 or later.
                           Verification cannot be switched off; revocation is not checked
     observe               1: REPLICATE_EVENT_REQUEST, _RESPONSE and _RETRY events come for each HTTP request
   Of a client, or of a call (where the call's win):
     connect_timeout_ms    default 10000
     idle_timeout_ms       no byte in either direction for so long; default 60000 (plus what `wait` asks for)
     timeout_ms            the whole call, with its retries and polls, and with the wait for its turn: what would make something
                           is not begun in the last 100 ms of it (in the last quarter, if that is less); default 60000 for a
                           single operation from its turn on (plus what `wait` asks for), none for replicate_run and
                           replicate_wait
     max_retries           0 to 100; default 2. A create is sent again only if nothing of it can have reached the
                           server, or on HTTP 429
     retry_delay_ms        1 to 60000: the most that is waited before the first retry; twice that before the second, and so
                           on, up to 16 times; the wait is random from 0 up to it. Default 500
     max_retry_wait_ms     0 to 86400000: a server that asks for a longer wait (Retry-After in seconds or as a date, "retry_after"
                           in the body, ratelimit-reset) is not waited for: its answer is the error, at once, as it is where
                           the wait would pass the deadline (of a stream, a "timeout" then). Default 60000
     poll_interval_ms      10 to 3600000; default 500, or the environment's REPLICATE_POLL_INTERVAL, in seconds. The least time
                           between two looks at a running prediction; up to a fifth is added at random
     max_upload_bytes      the size up to which a file is uploaded; default 104857600, which is what the service takes
     file_encoding_strategy  how the files of an input reach the model: "upload" (the default), or "data-uri", inside of the
                           request itself: at most 10000000 bytes in all
     max_response_bytes    of an answer in JSON or text, unpacked (gzip is asked for): 1024 to 1073741824; default 67108864
     max_error_bytes       of the answer of an error (400 and more) so much is read, and the rest left: 1024 to 16777216;
                           default 65536
     max_header_bytes      of the headers of an answer, with those of up to 32 interim ones (HTTP 1xx) before it: 1024 to
                           16777216; default 262144. One line has at most 100 kB, and all of them 300 kB: libcurl's own
                           limits
     max_event_bytes       of one event of a stream: 1024 to 1073741824; default 16777216
     max_json_depth        of the arrays and objects inside each other in an answer: 1 to 512; default 512. No more, for it bounds
                           the stack of all that reads the answer later; an input nests 512 deep at most, too
     max_redirects         0 to 50, of a file's download; default 10. An API call follows none
     private_addresses     "allow" (the default), or "refuse": files and streams that are not on the API's own origin are not
                           fetched from addresses of this machine, of private networks, or otherwise not of the public
                           Internet, be they in the URL, behind a name or a redirect; and without a proxy, which would hide
                           the address
     max_download_bytes    the size up to which a file is fetched; default none, and 1073741824 into memory
   Of a call that creates a prediction:
     wait                  1 to 60: seconds for which the server may hold its answer back until the prediction is done
                           (the Prefer header). Default: 60 for replicate_run, none for a create. NULL: none
     cancel_after          the server ends the prediction after this long: seconds, or units as in "90s", "1h30m"; at
                           least 5 s
   Of a client and of a call:
     header.NAME           a header of its requests to the API, such as header.X-Trace; not those that the library sets to
                           do its work (Authorization, Host, Content-Length and the like). At most 8 KiB; the name 256 bytes
   Of a call with an input:
     uploads               1: REPLICATE_EVENT_UPLOAD events come while the input's files are uploaded
   Of a call that takes parameters (they are named with it):
     param.NAME            a parameter of the query. At most 8 KiB; the name 256 bytes
   Of replicate_run, replicate_wait and replicate_trainings_wait:
     updates               1: REPLICATE_EVENT_UPDATED events come for the first snapshot and each changed one
   Of replicate_files_create:
     updates               1: REPLICATE_EVENT_UPDATED events come with {"sent", "total"}, in bytes of the file; from the
                           beginning again if it is sent again
   Of replicate_stream and replicate_predictions_stream:
     updates               1: a REPLICATE_EVENT_UPDATED event comes with the prediction, before those of its stream (not where
                           replicate_predictions_stream was given its url); and with each poll that finds it changed
     fallback              "poll": a prediction that has no stream, or whose stream cannot be read from its beginning, is
                           polled; STREAM events come all the same, without ids, with what each poll finds to be new
     cancel_prediction     1: replicate_request_cancel, and a deadline, cancel the prediction on the server too
   Of replicate_files_download and replicate_download:
     updates               1: REPLICATE_EVENT_UPDATED events come with {"received", "total"}, in bytes; "total" where it is known
     expected_bytes        0 to 1125899906842624: how long the file must be, such as the "/size" of its record; another length is
                           an error ("protocol"), and no file. Default: whatever comes whole
   Of replicate_download:
     chunks                1: the bytes come as REPLICATE_EVENT_CHUNK events
   Of replicate_outputs_save:
     updates               1: REPLICATE_EVENT_UPDATED events come with {"saved", "files"}: how many of how many

   Errors: "invalid_input" for an unknown name or a value that is out of its range. */
replicate_error *replicate_config_set(replicate_config *config, const char *name, const char *value);

void replicate_config_free(replicate_config *config);

/* ---- Client ----------------------------------------------------------------------------------------------------- */

/* Makes a client from a configuration, or from the environment alone if it is NULL. Starts the network thread; sends
   nothing. Errors: "auth" without a token, "invalid_input" for a wrong option, "internal" without memory or threads. */
replicate_error *replicate_client_new(const replicate_config *config, replicate_client **client);

/* Takes the next event, if there is one. timeout_ms: 0 does not block; n > 0 waits at most so long; -1 waits until there
   is an event. Waiting also ends, without an event, when replicate_client_wakeup is called and when no request is
   pending, so that it cannot last for ever. *event is NULL when there is none; else it is yours to free.
   Errors: "invalid_input". */
replicate_error *replicate_client_poll(replicate_client *client, int32_t timeout_ms, replicate_event **event);

/* The C callback of replicate_client_dispatch. The event is freed after it. */
typedef void (*replicate_callback)(const replicate_event *event, void *context);

/* Polls, and calls `callback` for at most `maximum` events (0: all that are there), on this thread. Waits for the first
   one as replicate_client_poll does. *handled, if not NULL, is how many there were. The callback may call any function
   of this library; it must not leave by longjmp or a C++ exception. Errors: "invalid_input". */
replicate_error *replicate_client_dispatch(replicate_client *client, int32_t timeout_ms, size_t maximum,
                                           replicate_callback callback, void *context, size_t *handled);

/* A descriptor that is readable while events wait, or after replicate_client_wakeup until the next poll: for epoll, libuv
   and the like. Do not read from it and do not close it; it is valid until the client is freed.
   Errors: "internal" when the system has no descriptor left. */
replicate_error *replicate_client_fd(replicate_client *client, int32_t *fd);

/* Makes one wait in replicate_client_poll, now or the next, end early. Async-signal-unsafe. */
replicate_error *replicate_client_wakeup(replicate_client *client);

/* How many requests have not yet had their last event taken; 0 for NULL or a freed handle. */
size_t replicate_client_pending(const replicate_client *client);

/* Ends every request with a "canceled" event and takes no new ones. Events can still be taken. Predictions that run go
   on at the server. Never blocks. Errors: "invalid_input". */
replicate_error *replicate_client_close(replicate_client *client);

/* Closes the client and drops its events. Events that were taken, and requests, remain yours to use and free. Never
   blocks: the network thread ends by itself. A process that ends at once, with downloads under way, leaves their temporary
   files (.replicate-*.part) behind: close the client and take the last events before. */
void replicate_client_free(replicate_client *client);

/* ---- Inputs ----------------------------------------------------------------------------------------------------- */

/* What a model gets. `json` is an object with the model's own fields, `length` bytes long.
   Errors: "invalid_input" if it is not a JSON object; the message says at which byte. */
replicate_error *replicate_input_new(const char *json, size_t length, replicate_input **input);

/* Adds a key to the request's body beside "input", with a JSON value: "webhook" (a string, an URL of at most 16 KiB),
   "webhook_events_filter" (an array of "start", "output", "logs", "completed"), or whatever the API takes. `name` has 1 to
   256 bytes. Errors: "invalid_input". */
replicate_error *replicate_input_set(replicate_input *input, const char *name, const char *json, size_t length);

/* Puts a file into the input: `pointer` is a JSON Pointer (RFC 6901) such as "/image" or "/frames/0", of a value that is
   replaced or of a new member; "/frames/-" adds to an array. At most 4 KiB. The file is copied as it is described now; what is
   on disk is read when the prediction is created. Each file is uploaded before the create, up to 8 at a time, and stands in
   the input as the URL of its record; where one has at most 256000 bytes and its upload failed by the network or an HTTP 5xx,
   as a data: URI (at most 10000000 bytes in all). See file_encoding_strategy. A failure ends the other uploads, and nothing is
   created: the error's delivery is "not_sent". Errors: "invalid_input" if the input has no such place. */
replicate_error *replicate_input_attach(replicate_input *input, const char *pointer, const replicate_file *file);

void replicate_input_free(replicate_input *input);

/* ---- Files to send ---------------------------------------------------------------------------------------------- */

/* A file on disk, which is read while it is sent; the path has at most 4 KiB. Errors: "invalid_input" if there is none that
   can be read. */
replicate_error *replicate_file_at(const char *path, replicate_file **file);

/* All of a file that is open, from its first byte on, wherever the descriptor stands. The descriptor is duplicated: yours may be
   closed. Its name is that of its path, where it has one. Errors: "invalid_input" for what has no end or is not open for
   reading. */
replicate_error *replicate_file_of_descriptor(int32_t descriptor, replicate_file **file);

/* A file of bytes, which are copied. */
replicate_error *replicate_file_of(const void *bytes, size_t length, replicate_file **file);

/* Sets "name" (default: the path's last part, or "file") or "type" (default: what the name's end says, such as image/png;
   else application/octet-stream). Of a name, quotes, slashes and control characters become "_", and 255 bytes of at most
   4 KiB are kept. Errors: "invalid_input". */
replicate_error *replicate_file_set(replicate_file *file, const char *name, const char *value);

void replicate_file_free(replicate_file *file);

/* ---- Operations -------------------------------------------------------------------------------------------------
 *
 * Each starts its work and returns at once. The result comes as an event that carries `user_data`: exactly one
 * REPLICATE_EVENT_DONE or REPLICATE_EVENT_FAILED for each request, also after a cancel and after close.
 *   options    settings for this call alone, or NULL
 *   request    receives a handle, yours to free at any time; NULL if you do not need one
 * Errors at once are "invalid_input" and, on a closed client, "canceled": then nothing was sent and no event comes.
 * Whatever happens later is in the event's error: any kind.
 * A prediction or training may not be known to every machine of the service at once: a get, wait or cancel of one that is
 * not found (404) within 5 s of its create by the same client is repeated, once in a poll_interval_ms, whatever max_retries is.
 */

/* Creates a prediction and waits for its end: polls where the server does not hold the answer back. `reference` is
   owner/name, owner/name:version, a 64-character version id, or deployments/owner/name; at most 4 KiB.
   DONE carries the prediction, "/output" being the result; FAILED if it failed, or was canceled or aborted. When the
   deadline passes, the prediction is canceled on the server too; with timeout_ms the server holds its answer back for less
   than that. After replicate_request_cancel the prediction is canceled on the server as soon as it is known: a create that
   was sent goes on without you until it is answered or the client is closed.
   API: predictions.create, models.predictions.create or deployments.predictions.create, then predictions.get. */
replicate_error *replicate_run(replicate_client *client, const char *reference, const replicate_input *input,
                               const replicate_config *options, void *user_data, replicate_request **request);

/* Creates a prediction and reads its stream: REPLICATE_EVENT_STREAM events carry what the model puts out, as it does. DONE
   carries the prediction after its end, also of one that was canceled meanwhile; FAILED if it failed, or if the model does not
   stream and there is no fallback ("invalid_input"; the prediction is then canceled). A connection that breaks is taken up
   again behind the last event, five times in a row without a new one; then the error is "truncated". The token is not sent to
   the stream's host. While nobody takes the events, no more than a MB of them waits, and the server is held back. `reference`
   as for replicate_run. API: predictions.create, models.predictions.create or deployments.predictions.create, then the
   prediction's urls.stream, then predictions.get. */
replicate_error *replicate_stream(replicate_client *client, const char *reference, const replicate_input *input,
                                  const replicate_config *options, void *user_data, replicate_request **request);

/* Reads the stream of a prediction that exists, from its beginning; with "fallback" this is how to watch any prediction.
   `url` is its "/urls/stream", which saves a request, or NULL. Events and errors as of replicate_stream. API:
   predictions.get, then the prediction's urls.stream, then predictions.get. */
replicate_error *replicate_predictions_stream(replicate_client *client, const char *id, const char *url,
                                              const replicate_config *options, void *user_data,
                                              replicate_request **request);

/* Waits for the end of a prediction that exists. The events are those of replicate_run; it is never canceled on the
   server. API: predictions.get. */
replicate_error *replicate_wait(replicate_client *client, const char *prediction_id, const replicate_config *options,
                                void *user_data, replicate_request **request);

/* The same for a training. API: trainings.get. */
replicate_error *replicate_trainings_wait(replicate_client *client, const char *training_id,
                                          const replicate_config *options, void *user_data,
                                          replicate_request **request);

/* Creates a prediction of a version: a 64-character id, owner/name:id, or owner/name for an official model; at most 4 KiB,
   without spaces and control characters. DONE carries the prediction as the server answered. API: POST /predictions. */
replicate_error *replicate_predictions_create(replicate_client *client, const char *version,
                                              const replicate_input *input, const replicate_config *options,
                                              void *user_data, replicate_request **request);

/* Creates a prediction of an official model. API: POST /models/{owner}/{name}/predictions. */
replicate_error *replicate_models_predictions_create(replicate_client *client, const char *owner, const char *name,
                                                     const replicate_input *input, const replicate_config *options,
                                                     void *user_data, replicate_request **request);

/* Creates a prediction of a deployment. API: POST /deployments/{owner}/{name}/predictions. */
replicate_error *replicate_deployments_predictions_create(replicate_client *client, const char *owner,
                                                          const char *name, const replicate_input *input,
                                                          const replicate_config *options, void *user_data,
                                                          replicate_request **request);

/* DONE carries the prediction. API: GET /predictions/{id}. */
replicate_error *replicate_predictions_get(replicate_client *client, const char *id, const replicate_config *options,
                                           void *user_data, replicate_request **request);

/* DONE carries a page: {"next", "previous", "results": [prediction, …]}, newest first. Options: param.created_after
   (inclusive) and param.created_before (exclusive), ISO 8601 times; param.source: "web". API: GET /predictions. */
replicate_error *replicate_predictions_list(replicate_client *client, const replicate_config *options,
                                            void *user_data, replicate_request **request);

/* DONE carries the prediction; one that had ended stays as it was. API: POST /predictions/{id}/cancel. */
replicate_error *replicate_predictions_cancel(replicate_client *client, const char *id,
                                              const replicate_config *options, void *user_data,
                                              replicate_request **request);

/* A further page of any list: `url` is the text of "next" or "previous" of another page, of at most 16 KiB. One that is not
   on the API's own origin, where the token must not go, is refused with "invalid_input", in the event. API: GET of that
   URL. */
replicate_error *replicate_page_get(replicate_client *client, const char *url, const replicate_config *options,
                                   void *user_data, replicate_request **request);

/* ---- Account, hardware, search, webhook secret ----------------------------------------------------------------- */

/* The account that the token belongs to: "type", "username", "name". API: GET /account. */
replicate_error *replicate_account_get(replicate_client *client, const replicate_config *options, void *user_data,
                                       replicate_request **request);

/* An array, not a page, of {"name", "sku"}. API: GET /hardware. */
replicate_error *replicate_hardware_list(replicate_client *client, const replicate_config *options, void *user_data,
                                         replicate_request **request);

/* What matches the words, of at most 8 KiB: {"query", "models", "collections", "pages"}. Option: param.limit, 1 to 50
   models (default 20). API: GET /search. */
replicate_error *replicate_search(replicate_client *client, const char *query, const replicate_config *options,
                                  void *user_data, replicate_request **request);

/* {"key": "whsec_…"}, with which the account's webhooks are signed. Keep it as you keep the token. API: GET
   /webhooks/default/secret. */
replicate_error *replicate_webhooks_default_secret_get(replicate_client *client, const replicate_config *options,
                                                       void *user_data, replicate_request **request);

/* ---- Collections ----------------------------------------------------------------------------------------------- */

/* A page of collections of models. API: GET /collections. */
replicate_error *replicate_collections_list(replicate_client *client, const replicate_config *options,
                                            void *user_data, replicate_request **request);

/* A collection with its models. API: GET /collections/{slug}. */
replicate_error *replicate_collections_get(replicate_client *client, const char *slug,
                                           const replicate_config *options, void *user_data,
                                           replicate_request **request);

/* ---- Models ---------------------------------------------------------------------------------------------------- */

/* A page of public models. Options: param.sort_by (model_created_at or latest_version_created_at) and
   param.sort_direction (asc or desc). API: GET /models. */
replicate_error *replicate_models_list(replicate_client *client, const replicate_config *options, void *user_data,
                                       replicate_request **request);

/* A page of public models that match the text, of at most 64 KiB. API: QUERY /models. */
replicate_error *replicate_models_search(replicate_client *client, const char *query, const replicate_config *options,
                                         void *user_data, replicate_request **request);

/* A model. API: GET /models/{owner}/{name}. */
replicate_error *replicate_models_get(replicate_client *client, const char *owner, const char *name,
                                      const replicate_config *options, void *user_data, replicate_request **request);

/* Makes a model of yours. `json` is an object with "owner", "name", "visibility" and "hardware", and if you like
   "description", "github_url", "paper_url", "license_url" and "cover_image_url". DONE carries the model. API: POST
   /models. */
replicate_error *replicate_models_create(replicate_client *client, const char *json, size_t length,
                                         const replicate_config *options, void *user_data,
                                         replicate_request **request);

/* Changes "description", "readme", "github_url", "paper_url", "weights_url" or "license_url" of a model of yours.
   DONE carries the model. API: PATCH /models/{owner}/{name}. */
replicate_error *replicate_models_update(replicate_client *client, const char *owner, const char *name,
                                         const char *json, size_t length, const replicate_config *options,
                                         void *user_data, replicate_request **request);

/* Deletes a private model of yours that has no versions. DONE carries true. API: DELETE /models/{owner}/{name}. */
replicate_error *replicate_models_delete(replicate_client *client, const char *owner, const char *name,
                                         const replicate_config *options, void *user_data,
                                         replicate_request **request);

/* A page of predictions that the model's author saved. API: GET /models/{owner}/{name}/examples. */
replicate_error *replicate_models_examples_list(replicate_client *client, const char *owner, const char *name,
                                                const replicate_config *options, void *user_data,
                                                replicate_request **request);

/* The model's readme in Markdown, as a JSON string: replicate_event_string(event, "", NULL) is the text. API: GET
   /models/{owner}/{name}/readme. */
replicate_error *replicate_models_readme_get(replicate_client *client, const char *owner, const char *name,
                                             const replicate_config *options, void *user_data,
                                             replicate_request **request);

/* A page of versions, newest first. API: GET /models/{owner}/{name}/versions. */
replicate_error *replicate_models_versions_list(replicate_client *client, const char *owner, const char *name,
                                                const replicate_config *options, void *user_data,
                                                replicate_request **request);

/* A version, with the schemas of its input and output. API: GET /models/{owner}/{name}/versions/{version}. */
replicate_error *replicate_models_versions_get(replicate_client *client, const char *owner, const char *name,
                                               const char *version, const replicate_config *options, void *user_data,
                                               replicate_request **request);

/* Deletes a version of yours and all its predictions, which takes the service minutes. DONE carries true. API: DELETE
   /models/{owner}/{name}/versions/{version}. */
replicate_error *replicate_models_versions_delete(replicate_client *client, const char *owner, const char *name,
                                                  const char *version, const replicate_config *options,
                                                  void *user_data, replicate_request **request);

/* ---- Deployments ----------------------------------------------------------------------------------------------- */

/* A page of your deployments. API: GET /deployments. */
replicate_error *replicate_deployments_list(replicate_client *client, const replicate_config *options,
                                            void *user_data, replicate_request **request);

/* A deployment. API: GET /deployments/{owner}/{name}. */
replicate_error *replicate_deployments_get(replicate_client *client, const char *owner, const char *name,
                                           const replicate_config *options, void *user_data,
                                           replicate_request **request);

/* Makes a deployment. `json` is an object with "name", "model", "version", "hardware", "min_instances" (0 to 5) and
   "max_instances" (0 to 20). DONE carries the deployment. API: POST /deployments. */
replicate_error *replicate_deployments_create(replicate_client *client, const char *json, size_t length,
                                              const replicate_config *options, void *user_data,
                                              replicate_request **request);

/* Changes "hardware", "min_instances", "max_instances" or "version". DONE carries the deployment. API: PATCH
   /deployments/{owner}/{name}. */
replicate_error *replicate_deployments_update(replicate_client *client, const char *owner, const char *name,
                                              const char *json, size_t length, const replicate_config *options,
                                              void *user_data, replicate_request **request);

/* Deletes a deployment that is offline and was not used for 15 minutes. DONE carries true. API: DELETE
   /deployments/{owner}/{name}. */
replicate_error *replicate_deployments_delete(replicate_client *client, const char *owner, const char *name,
                                              const replicate_config *options, void *user_data,
                                              replicate_request **request);

/* ---- Trainings ------------------------------------------------------------------------------------------------- */

/* Trains a version further. `input` is what the version's trainer takes, with its files; replicate_input_set adds
   "destination" (owner/name of an existing model of yours), and if you like "webhook" and "webhook_events_filter". DONE
   carries the training. API: POST /models/{owner}/{name}/versions/{version}/trainings. */
replicate_error *replicate_trainings_create(replicate_client *client, const char *owner, const char *name,
                                            const char *version, const replicate_input *input,
                                            const replicate_config *options, void *user_data,
                                            replicate_request **request);

/* A training. API: GET /trainings/{id}. */
replicate_error *replicate_trainings_get(replicate_client *client, const char *id, const replicate_config *options,
                                         void *user_data, replicate_request **request);

/* A page of trainings, newest first. API: GET /trainings. */
replicate_error *replicate_trainings_list(replicate_client *client, const replicate_config *options, void *user_data,
                                          replicate_request **request);

/* DONE carries the training; one that had ended stays as it was. API: POST /trainings/{id}/cancel. */
replicate_error *replicate_trainings_cancel(replicate_client *client, const char *id, const replicate_config *options,
                                            void *user_data, replicate_request **request);

/* ---- Files ----------------------------------------------------------------------------------------------------- */

/* A page of the files that were uploaded. API: GET /files. */
replicate_error *replicate_files_list(replicate_client *client, const replicate_config *options, void *user_data,
                                      replicate_request **request);

/* Uploads a file. `metadata` is a JSON object, or NULL for none. DONE carries its record; "/urls/get" is what goes into a
   model's input. A file of more than max_upload_bytes is refused before anything is sent; what has become of a file on disk is
   an "invalid_input" too, if it is gone or shorter when it is sent. Without timeout_ms it takes as long as bytes move, at most a
   day. API:
   POST /files. */
replicate_error *replicate_files_create(replicate_client *client, const replicate_file *file, const char *metadata,
                                        size_t length, const replicate_config *options, void *user_data,
                                        replicate_request **request);

/* Fetches the bytes of a file by a signed link, into the file at `path`, or into memory if `path` is NULL. `owner` is the
   account's name, `expiry` in seconds since 1970, `signature` in base64, as replicate_files_sign makes it: it is encoded here.
   Each has at most 8 KiB, and the path 4. DONE carries {"size", "content_type"}, and of a download into memory
   replicate_event_bytes. The file is written under another name in
   the same folder and moved into its place when it is whole: until then, and after any failure, what stood there stands
   there still. A transfer that breaks goes on where it was, if the server can. A link at `path` is replaced, not followed; a
   folder or a device is refused. Errors besides those of the API: "invalid_input" if there can be no such file, "truncated"
   if the server stops too early, "internal" if it cannot be written. API: GET /files/{id}/download. */
replicate_error *replicate_files_download(replicate_client *client, const char *id, const char *owner, int64_t expiry,
                                          const char *signature, const char *path, const replicate_config *options,
                                          void *user_data, replicate_request **request);

/* The record of a file, not its bytes: "name", "content_type", "size", "checksums", "urls". API: GET /files/{id}. */
replicate_error *replicate_files_get(replicate_client *client, const char *id, const replicate_config *options,
                                     void *user_data, replicate_request **request);

/* Deletes a file. DONE carries true. API: DELETE /files/{id}. */
replicate_error *replicate_files_delete(replicate_client *client, const char *id, const replicate_config *options,
                                        void *user_data, replicate_request **request);

/* ---- Files that models put out ---------------------------------------------------------------------------------
 *
 * A text of an output is a file if it is a whole https URL (http too, where the base URL is http) without a user's name, of
 * at most 16 KiB and only of characters that a URL has; or a data: URI that can be decoded. The URL is a model's word: nobody
 * is told the token for it, nor the client's or the call's headers, not even the API. Redirects are followed 10 times, to
 * http and https alone, and never from https to http.
 */

/* 1 if the text, `length` bytes, is such a file; else 0. Quick, and sends nothing. Any thread. */
int32_t replicate_is_file(const replicate_client *client, const char *text, size_t length);

/* What a file most likely is by the end of its name, or of its URL's path: such as "image/png"; NULL where nothing says it.
   Never freed. */
const char *replicate_file_type(const char *name);

/* Fetches such a file into the file at `path`, as replicate_files_download does: whole, or not at all. If `path` is NULL, into
   memory: see replicate_event_bytes. DONE carries {"size", "content_type"}. A data: URI is decoded without a request. With the
   option chunks, and no path, the bytes come as REPLICATE_EVENT_CHUNK events, in their order; while nobody takes them, no more
   than a MB waits, and the server is held back. A transfer that breaks then goes on only where the server can say that it is the
   same file: no byte comes twice, and the error is "truncated" where it cannot. Without timeout_ms it takes as long as bytes
   move, at most a day. The file's server hears of the user_agent. Errors: "invalid_input" for what is no such file,
   "not_found" where the URL's time is over (HTTP 401 and 403, too), and those of replicate_files_download. */
replicate_error *replicate_download(replicate_client *client, const char *url, const char *path,
                                    const replicate_config *options, void *user_data, replicate_request **request);

/* Saves every file in an output, at any depth, in `folder`, 8 of them at a time; the folder is made if there is none, but not
   those above it. `json` is the output, any JSON value: replicate_event_value(event, "/output", &length). Each name is one
   safe component, whatever the server sent: `prefix` (at most 256 bytes, such as the prediction's id; or NULL), a dash, and the
   last part of the URL's path, or "output-0", with an end that says the type. A file of that name is replaced. DONE carries
   [{"pointer", "path", "size", "content_type"}], in their order; the pointer is the JSON Pointer of the file in the output. If
   one fails, the others are saved all the same, and the error says which one it was. timeout_ms is for all,
   max_download_bytes for each. Errors: those of replicate_download. */
replicate_error *replicate_outputs_save(replicate_client *client, const char *json, size_t length, const char *folder,
                                        const char *prefix, const replicate_config *options, void *user_data,
                                        replicate_request **request);

/* ---- Anything else ---------------------------------------------------------------------------------------------- */

/* Any request to the API, for what has no function here yet. `method` is GET, POST, PUT, PATCH, DELETE or QUERY; `path` is
   below the base URL and begins with a slash, with the arguments already percent-encoded; at most 16 KiB. `body` may be
   NULL; it is JSON unless the options set header.Content-Type. Parameters of the query: param.NAME. DONE carries the
   answer's JSON, or its text as a JSON string, or true where it is empty; see also replicate_event_status and
   replicate_event_headers. A POST, PUT or PATCH is repeated as a create is, and says what became of it by its delivery. */
replicate_error *replicate_call(replicate_client *client, const char *method, const char *path, const char *body,
                                size_t length, const replicate_config *options, void *user_data,
                                replicate_request **request);

/* ---- Webhooks and signed links ----------------------------------------------------------------------------------
 *
 * What a secret proves. These need no client, no network and no other thread; async-signal-unsafe.
 */

/* What replicate_webhook_validate is usually given: 5 minutes. */
#define REPLICATE_WEBHOOK_TOLERANCE 300

/* NULL if a webhook is genuine: signed with `secret` ("whsec_…", see replicate_webhooks_default_secret_get), and its timestamp
   at most `tolerance` seconds away from this machine's time. A negative tolerance takes one of any age. `id`, `timestamp` and
   `signature` are the headers webhook-id, webhook-timestamp and webhook-signature, at most 16 KiB each, NULL for one that is
   missing; `body` is the request's, byte for byte, at most 1 GiB, and may be NULL if it is empty. Of the signatures the first
   32 are looked at, and only those labelled v1 count; they are compared in constant time. Errors: "auth" if it is not to be
   believed: a header is missing, the timestamp too old or too far ahead, no signature is there or matches; "invalid_input" if
   the secret is malformed, or an argument is too long or not UTF-8. The message says what was wrong, and never the secret. A
   genuine webhook may come twice, and late: look at its id, and at the status in its body. */
replicate_error *replicate_webhook_validate(const char *id, const char *timestamp, const char *signature, const void *body,
                                            size_t length, const char *secret, int64_t tolerance);

/* The size of a signature with its NUL. */
#define REPLICATE_SIGNATURE_SIZE 45

/* Signs a link to a file of the account `owner` for replicate_files_download, which takes `signature` as it is: the base64 of
   the HMAC-SHA256 of "owner id expiry". `expiry` is in seconds since 1970; `secret` is the signing secret of the account's
   files, `length` bytes of any value. After an error `signature` is "". Errors: "invalid_input", if there is a space in the
   owner or the id, too. */
replicate_error *replicate_files_sign(const char *owner, const char *id, int64_t expiry, const void *secret, size_t length,
                                      char signature[REPLICATE_SIGNATURE_SIZE]);

/* ---- Requests --------------------------------------------------------------------------------------------------- */

/* Ends the request: its FAILED event, of the kind "canceled", comes at once. No-op on one that has ended. With the option
   observe, the requests that cancel a prediction at the server come with user data NULL.
   Errors: "invalid_input". */
replicate_error *replicate_request_cancel(replicate_request *request);

/* Waits for this request's last event and takes it, leaving those of other requests in their places and dropping what else of
   this one is in the queue: nothing of a request comes after its last event; *event is NULL if
   timeout_ms (as in replicate_client_poll) passed, or if that event was taken before. For programs with one request.
   Errors: "invalid_input". */
replicate_error *replicate_request_wait(replicate_request *request, int32_t timeout_ms, replicate_event **event);

/* 1 holds the events of this request back: replicate_client_poll passes over them, and the descriptor does not tell of them,
   until it is called with 0. A stream, or a download in pieces, stands still meanwhile, once a MB of it waits. Errors:
   "invalid_input". */
replicate_error *replicate_request_hold(replicate_request *request, int32_t hold);

/* 0 while it runs, 1 when it is done, 2 when it has failed; -1 for NULL or a freed handle. */
int32_t replicate_request_state(const replicate_request *request);

/* Gives the handle back. The request itself goes on, and so do its events; a hold ends. */
void replicate_request_free(replicate_request *request);

/* ---- Events ----------------------------------------------------------------------------------------------------- */

/* The kinds of events. */
#define REPLICATE_EVENT_UPDATED 1 /* a snapshot of the prediction, or a file's progress; only the latest one waits */
#define REPLICATE_EVENT_DONE 2    /* the last event: the result */
#define REPLICATE_EVENT_FAILED 3  /* the last event: see replicate_event_error */
/* Only with the option observe, for each HTTP request of a call, retries and polls too. The JSON is {"method", "url",
   "attempt"}, the attempt counting from 1; of a response also {"seconds"}, and {"status"}, or {"error"} with the kind where
   there was no answer. A retry is told before its wait: {"error", "status" where there is one, "message", "seconds", "wait"} are
   of the attempt that failed. The token is in none of it. At most 1000 of these wait in the queue; more are not kept,
   be it a request or its response. */
#define REPLICATE_EVENT_REQUEST 4
#define REPLICATE_EVENT_RESPONSE 5
#define REPLICATE_EVENT_RETRY 9
#define REPLICATE_EVENT_STREAM 6 /* events of a stream, one or more: see replicate_event_stream_item */
#define REPLICATE_EVENT_CHUNK 8  /* some bytes of a file: see replicate_event_bytes */

/* With the option uploads: {"sent", "total"}, in bytes of all files of the input; only the latest one waits. */
#define REPLICATE_EVENT_UPLOAD 7

/* One of the above; 0 for NULL or a freed handle. */
int32_t replicate_event_kind(const replicate_event *event);

/* What was given when the request was started. */
void *replicate_event_user_data(const replicate_event *event);

/* 1 when this event belongs to that request; else 0. */
int32_t replicate_event_is_of(const replicate_event *event, const replicate_request *request);

/* The error of a FAILED event, borrowed from it; NULL for others. Do not free it. */
const replicate_error *replicate_event_error(const replicate_event *event);

/* The event's JSON, and its length in bytes if `length` is not NULL; NULL for a FAILED, STREAM or CHUNK event. */
const char *replicate_event_json(const replicate_event *event, size_t *length);

/* Of the DONE event of replicate_call: the HTTP status, and a JSON object of the answer's headers, their names in lower
   case. 0 and NULL for other events. */
int32_t replicate_event_status(const replicate_event *event);
const char *replicate_event_headers(const replicate_event *event, size_t *length);

/* Of a STREAM event: how many events of the stream it carries; else 0. */
size_t replicate_event_stream_count(const replicate_event *event);

/* One of them, `index` from 0: returns 1 and sets what is not NULL; else 0. `type` is "output", "logs", "error", "done",
   "message" where the server names none, or any other, up to its first zero byte if it has one; behind "error" and "done" none
   comes; `data` is `length` bytes, and ends in NUL; `id` is the last id that the server gave, or "". Borrowed from the event.
   The texts are UTF-8: what the server sends that is not, is made so, one U+FFFD for each broken sequence. */
int32_t replicate_event_stream_item(const replicate_event *event, size_t index, const char **type, const char **data,
                                    size_t *length, const char **id);

/* Of a CHUNK event, and of the DONE event of a download into memory: the bytes, and their number. Borrowed from the event;
   NULL for others. */
const void *replicate_event_bytes(const replicate_event *event, size_t *length);

/* Values inside the event's JSON, by JSON Pointer (RFC 6901): "/urls/get", "/output/0"; "" is the whole.
   The types. */
#define REPLICATE_JSON_NONE 0 /* there is no such value */
#define REPLICATE_JSON_NULL 1
#define REPLICATE_JSON_BOOLEAN 2
#define REPLICATE_JSON_NUMBER 3
#define REPLICATE_JSON_STRING 4
#define REPLICATE_JSON_ARRAY 5
#define REPLICATE_JSON_OBJECT 6
int32_t replicate_event_type(const replicate_event *event, const char *pointer);

/* The text of a string, with its escapes resolved; NULL if there is no string. Borrowed from the event. */
const char *replicate_event_string(const replicate_event *event, const char *pointer, size_t *length);

/* The JSON text of any value; NULL if there is none. Borrowed from the event. */
const char *replicate_event_value(const replicate_event *event, const char *pointer, size_t *length);

/* These return 1 and set *value, or return 0 and leave it: if there is no such value, if it has another type, or, for an
   integer, if it is not written as one or does not fit. */
int32_t replicate_event_integer(const replicate_event *event, const char *pointer, int64_t *value);
int32_t replicate_event_number(const replicate_event *event, const char *pointer, double *value);
int32_t replicate_event_boolean(const replicate_event *event, const char *pointer, int32_t *value);

/* How many elements or members an array or object has; 0 for anything else. */
size_t replicate_event_count(const replicate_event *event, const char *pointer);

void replicate_event_free(replicate_event *event);

/* ---- Values ----------------------------------------------------------------------------------------------------- */

/* The JSON text of a value inside JSON text of your own (a webhook's body, a prediction of an error), by JSON Pointer: a
   place in `json`, and its length; NULL if there is none, or if the text is not JSON. */
const char *replicate_json_value(const char *json, size_t length, const char *pointer, size_t *value_length);

/* The progress that a prediction's logs show: the last bar of tqdm, which most models draw. Returns 1 and sets what is not
   NULL: `fraction` from 0 to 1, and the steps done and in all. Returns 0 where there is no bar. `length` in bytes.
       const char *logs = replicate_event_string(event, "/logs", &length);
       if (replicate_progress(logs, length, &fraction, NULL, NULL)) ... */
int32_t replicate_progress(const char *logs, size_t length, double *fraction, int64_t *current, int64_t *total);

#ifdef __cplusplus
}
#endif

#endif
