/* libpng's simplified API, which returns where the other one jumps: PNG files from memory and into memory, as pixels of
   8 bits a channel in sRGB. Nothing else belongs here. A call that fails returns 0 and leaves its reason in the message. */
#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t width;
    uint32_t height;
    int has_alpha;
    char message[64];
} cpng_picture;

/* Reads the size and the kind of a PNG file, and not its pixels: what they would take can be looked at first. */
int cpng_read_head(const void *file, size_t length, cpng_picture *picture);

/* Reads the pixels: row by row, red, green, blue, and alpha where the file has it, not premultiplied. room must be the
   width times the height times 3, or 4 with alpha. */
int cpng_read_pixels(const void *file, size_t length, cpng_picture *picture, unsigned char *pixels, size_t room);

/* Writes a PNG file. With a palette of 1 to 256 colours, 3 bytes each, a pixel is an index into it; without one, with
   colors 0, pixels are as cpng_read_pixels gives them. count must be as many bytes as all pixels have.
   *length is the room on the way in, at least cpng_bound, and the file's length on the way out. */
int cpng_write(
    cpng_picture *picture, const unsigned char *pixels, size_t count, const unsigned char *palette, int colors, void *file,
    size_t *length);

/* How long a file of such a picture can become at most. */
size_t cpng_bound(const cpng_picture *picture, int colors);

#endif
