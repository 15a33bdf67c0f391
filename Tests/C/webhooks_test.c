/* Proves: the vectors of Replicate's own clients are believed, and whatever was changed in them is not; each error says what was
   wrong and never the secret; links to files are signed; all of it without a client, a token or another thread. */
#include "check.h"
#include "support.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The vectors have secrets of their own; the rest is signed with the one that must stand nowhere. */
#define VECTOR_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SECRET CANARY_SECRET
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME "1614265330"
#define VECTOR_GOOD "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define GOOD "v1,JYmEVOHEqaH7c5qb9PuNAQFTFoZlXP0d87nYsGDSb0I="
#define WRONG "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo="
#define BODY "{\"test\": 2432232314}"
#define MISMATCH "no signature of the webhook matches"

static replicate_error *check_text(const char *id, const char *time, const char *signature, const char *body, const char *secret) {
    return replicate_webhook_validate(id, time, signature, body, strlen(body), secret, -1);
}

static replicate_error *with_tolerance(const char *time, int64_t tolerance) {
    return replicate_webhook_validate(ID, time, GOOD, BODY, strlen(BODY), SECRET, tolerance);
}

static void vectors(void) {
    CHECK(fine(check_text(ID, TIME, GOOD, BODY, SECRET)) && fine(check_text(ID, TIME, VECTOR_GOOD, BODY, VECTOR_SECRET)));
    CHECK(fine(check_text(ID, TIME, "v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44=", BODY,
                          "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")));
    CHECK(fine(check_text(ID, "1700000000", "v1,oo4C2M/AiwlTF3pvG/w4r89fOsD0bCxMWyU3WB1H+BY=",
                          "{\"id\":\"p1\",\"status\":\"succeeded\",\"output\":\"h\xc3\xa9llo \xe4\xb8\x96\xe7\x95\x8c\"}", VECTOR_SECRET)));
    const char *of_nothing = "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A=";
    CHECK(fine(replicate_webhook_validate(ID, TIME, of_nothing, "", 0, VECTOR_SECRET, -1)));
    CHECK(fine(replicate_webhook_validate(ID, TIME, of_nothing, NULL, 0, VECTOR_SECRET, -1)));
}

static void headers(void) {
    CHECK(is_error(check_text(NULL, TIME, GOOD, BODY, SECRET), "auth", "the header webhook-id is missing"));
    CHECK(is_error(check_text(ID, NULL, GOOD, BODY, SECRET), "auth", "the header webhook-timestamp is missing"));
    CHECK(is_error(check_text(ID, TIME, NULL, BODY, SECRET), "auth", "the header webhook-signature is missing"));
    CHECK(is_error(check_text("", TIME, GOOD, BODY, SECRET), "auth", "the header webhook-id is empty"));
    CHECK(is_error(check_text(ID, "soon", GOOD, BODY, SECRET), "auth", "webhook-timestamp is not a number of seconds"));
    CHECK(is_error(check_text(ID, TIME, "v2,x", BODY, SECRET), "auth", "webhook-signature has no v1 signature"));
}

static void signatures(void) {
    char many[33 * sizeof WRONG + sizeof GOOD] = "";
    CHECK(fine(check_text(ID, TIME, WRONG " " GOOD, BODY, SECRET)) && fine(check_text(ID, TIME, "junk v1, " GOOD, BODY, SECRET)));
    for (int i = 0; i < 31; i++) strcat(many, WRONG " ");
    size_t length = strlen(many);
    strcpy(many + length, GOOD);
    CHECK(fine(check_text(ID, TIME, many, BODY, SECRET)));
    strcpy(many + length, WRONG " " GOOD);
    CHECK(is_error(check_text(ID, TIME, many, BODY, SECRET), "auth", MISMATCH));
    CHECK(is_error(check_text(ID, TIME, "v2" GOOD, BODY, SECRET), "auth", "no v1 signature"));
}

/* Each bit of the body and of the signature. */
static void every_bit(void) {
    char body[] = BODY, signature[] = GOOD;
    for (size_t bit = 0; bit < 8 * strlen(BODY); bit++) {
        body[bit / 8] = (char)(body[bit / 8] ^ 1 << bit % 8);
        CHECK(is_error(replicate_webhook_validate(ID, TIME, GOOD, body, strlen(BODY), SECRET, -1), "auth", MISMATCH));
        body[bit / 8] = (char)(body[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * strlen(GOOD); bit++) {
        signature[bit / 8] = (char)(signature[bit / 8] ^ 1 << bit % 8);
        CHECK(is_error(check_text(ID, TIME, signature, BODY, SECRET), bit % 8 == 7 ? "invalid_input" : "auth", NULL));
        signature[bit / 8] = (char)(signature[bit / 8] ^ 1 << bit % 8);
    }
    CHECK(fine(check_text(ID, TIME, signature, body, SECRET)));
}

/* With the clock of this machine, in whatever year. */
static void age(void) {
    int64_t seconds = (int64_t)time(NULL) - 1614265330;
    CHECK(fine(with_tolerance(TIME, seconds + 100)) && fine(with_tolerance(TIME, INT64_MAX)) && fine(with_tolerance(TIME, INT64_MIN)));
    CHECK(is_error(with_tolerance(TIME, seconds - 100), "auth", " s old, and "));
    CHECK(is_error(with_tolerance(TIME, REPLICATE_WEBHOOK_TOLERANCE), "auth", " s old, and 300 s are tolerated"));
    CHECK(is_error(with_tolerance("99999999999", REPLICATE_WEBHOOK_TOLERANCE), "auth", " s ahead, and 300 s are tolerated"));
    char now[32];
    snprintf(now, sizeof now, "%lld", (long long)time(NULL));
    CHECK(is_error(with_tolerance(now, REPLICATE_WEBHOOK_TOLERANCE), "auth", MISMATCH));
}

/* No error says the secret, right or wrong. */
static void secrets(void) {
    static const char *const wrong[] = {"", "whsec_", "Q0FOQVJZLXdlYmhvb2st", "whsec_Q0FOQVJZLXdlYmhvb2*t", "whsec_Q0FOQVJZLXdlYmhvb2s", "Whsec_Q0FOQVJZLXdl"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        replicate_error *error = check_text(ID, TIME, GOOD, BODY, wrong[i]);
        CHECK(error != NULL && strstr(replicate_error_text(error), "Q0FOQVJZ") == NULL);
        CHECK(is_error(error, "invalid_input", "secret"));
    }
    replicate_error *error = check_text(ID, TIME, WRONG, BODY, SECRET);
    CHECK(error != NULL && strstr(replicate_error_text(error), "Q0FOQVJZ") == NULL);
    CHECK(replicate_error_retryable(error) == 0 && replicate_error_attempts(error) == 0 && replicate_error_status(error) == 0);
    replicate_error_free(error);
}

static void signed_links(void) {
    char signature[REPLICATE_SIGNATURE_SIZE + 1];
    memset(signature, 'x', sizeof signature);
    CHECK(fine(replicate_files_sign("acme", "cneqzikepnug6xezperrr4z55o", 1708515345, "test-files-secret", 17, signature)));
    CHECK(strcmp(signature, "gk7rB0uU68Q+Kmy6rI5j2X1wByLaS7TlXLQcNw3wfzg=") == 0 && signature[REPLICATE_SIGNATURE_SIZE] == 'x');
    CHECK(is_error(replicate_files_sign("a b", "f", 1, "s", 1, signature), "invalid_input", "owner holds a space"));
    CHECK(signature[0] == 0);
    CHECK(fine(replicate_files_sign("a", "f", INT64_MAX, "\0", 1, signature)) && strlen(signature) == 44);
    CHECK(is_error(replicate_files_sign("a", "f", -1, "s", 1, signature), "invalid_input", "expiry is below 0"));
    CHECK(is_error(replicate_files_sign("a", "f/g", 1, "s", 1, signature), "invalid_input", "id"));
    CHECK(is_error(replicate_files_sign("a", "f", 1, "s", 0, signature), "invalid_input", "secret is empty"));
}

static void *many_times(void *unused) {
    for (int i = 0; i < 2000; i++) {
        CHECK(fine(check_text(ID, TIME, GOOD, BODY, SECRET)));
        CHECK(is_error(check_text(ID, TIME, GOOD, "", SECRET), "auth", MISMATCH));
    }
    return unused;
}

int main(void) {
    unsetenv("REPLICATE_API_TOKEN");
    size_t threads = thread_count(NULL);
    vectors();
    headers();
    signatures();
    every_bit();
    age();
    secrets();
    signed_links();
    CHECK(thread_count(NULL) == threads);
    pthread_t others[4];
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&others[i], NULL, many_times, NULL) == 0);
    for (int i = 0; i < 4; i++) pthread_join(others[i], NULL);
    return check_done("webhooks");
}
