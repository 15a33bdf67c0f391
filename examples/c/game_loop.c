/* A game at 60 frames a second: a story streams onto its screen, levels are downloaded, and no frame waits for either. At
   the end it says how long the frames spent in the library.
   Build: cc game_loop.c -o game_loop $(pkg-config --cflags --libs replicate)
   Run:   ./game_loop [ID OWNER EXPIRY SIGNATURE PATH]   the parts of a file's signed link, and where to save the file
   Needs: REPLICATE_API_TOKEN, and REPLICATE_BASE_URL of a running replicate-sandbox, which has this model. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <replicate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FRAMES_PER_SECOND = 60, MOST_FRAMES = 60 * FRAMES_PER_SECOND };

struct game {
    replicate_client *client;
    char **link;      /* ID OWNER EXPIRY SIGNATURE PATH; NULL for a game without levels */
    int story, level; /* whether these are under way */
    int levels, words, failed;
    int64_t bytes;
};

/* What a request is, as its events tell: their user data. */
static char story_tag[] = "story", level_tag[] = "level";

static replicate_error *start_level(struct game *game) {
    if (game->link == NULL) return NULL;
    replicate_error *error =
        replicate_files_download(game->client, game->link[0], game->link[1], strtoll(game->link[2], NULL, 10),
                                 game->link[3], game->link[4], NULL, level_tag, NULL);
    game->level = error == NULL;
    return error;
}

static replicate_error *start_story(struct game *game) {
    const char *json = "{\"prompt\": \"a fox\", \"max_tokens\": 100, \"tokens_per_second\": 20}";
    replicate_input *input = NULL;
    replicate_error *error = replicate_input_new(json, strlen(json), &input);
    if (error == NULL) error = replicate_stream(game->client, "sandbox/story", input, NULL, story_tag, NULL);
    game->story = error == NULL;
    replicate_input_free(input);
    return error;
}

static replicate_error *take(struct game *game, const replicate_event *event) {
    int is_level = replicate_event_user_data(event) == level_tag;
    int64_t size = 0;
    switch (replicate_event_kind(event)) {
    case REPLICATE_EVENT_STREAM:
        for (size_t i = 0; i < replicate_event_stream_count(event); i++) {
            const char *type, *data;
            size_t length;
            replicate_event_stream_item(event, i, &type, &data, &length, NULL);
            if (strcmp(type, "output") != 0) continue;
            fwrite(data, 1, length, stdout);
            game->words++;
        }
        fflush(stdout);
        break;
    case REPLICATE_EVENT_DONE:
        *(is_level ? &game->level : &game->story) = 0;
        if (!is_level) break;
        replicate_event_integer(event, "/size", &size);
        game->bytes += size;
        game->levels++;
        if (game->story) return start_level(game); /* the next one; here it is the same again */
        break;
    case REPLICATE_EVENT_FAILED:
        *(is_level ? &game->level : &game->story) = 0;
        game->failed = 1;
        fprintf(stderr, "%s: %s\n", is_level ? "level" : "story", replicate_error_text(replicate_event_error(event)));
        break;
    }
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Sleeps until the next frame is due, as waiting for the screen does. */
static void wait_for_screen(struct timespec *due) {
    due->tv_nsec += 1000000000 / FRAMES_PER_SECOND;
    if (due->tv_nsec >= 1000000000) due->tv_nsec -= 1000000000, due->tv_sec++;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    static double polls[MOST_FRAMES]; /* seconds that each frame spent in replicate_client_poll */
    struct game game = {0};
    struct timespec due;
    int frames = 0;
    if (count == 6) game.link = arguments + 1;

    replicate_error *error = replicate_client_new(NULL, &game.client);
    if (error == NULL) error = start_story(&game);
    if (error == NULL) error = start_level(&game);
    clock_gettime(CLOCK_MONOTONIC, &due);
    while (error == NULL && (game.story || game.level) && frames < MOST_FRAMES) {
        /* Whatever has come since the last frame. 0: this never waits. */
        for (replicate_event *event = NULL; error == NULL;) {
            double start = now();
            error = replicate_client_poll(game.client, 0, &event);
            polls[frames] += now() - start;
            if (event == NULL) break;
            error = take(&game, event);
            replicate_event_free(event);
        }
        frames++; /* here the game moves its things and draws them */
        wait_for_screen(&due);
    }
    if (error != NULL) fprintf(stderr, "%s\n", replicate_error_text(error));
    int status = error != NULL || game.failed || game.story || game.level;
    replicate_error_free(error);
    replicate_client_free(game.client);
    if (frames == 0) return 1;

    qsort(polls, (size_t)frames, sizeof *polls, compare);
    printf("\n%d words, %d levels with %" PRId64 " bytes in %d frames\n", game.words, game.levels, game.bytes, frames);
    printf("poll: %.3f ms at p50, %.3f ms at p99, %.3f ms at most\n", 1e3 * polls[frames / 2],
           1e3 * polls[frames * 99 / 100], 1e3 * polls[frames - 1]);
    return status;
}
