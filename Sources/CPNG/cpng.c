#include "cpng.h"

#include <png.h>
#include <string.h>

static png_image new_image(void) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    return image;
}

/* Ends the work on an image, and says why it failed if it did. */
static int done(png_image *image, int is_good, cpng_picture *picture) {
    memcpy(picture->message, image->message, sizeof picture->message);
    picture->message[sizeof picture->message - 1] = 0;
    png_image_free(image);
    return is_good;
}

static int begin(png_image *image, const void *file, size_t length) {
    *image = new_image();
    if (!png_image_begin_read_from_memory(image, file, length)) return 0;
    /* Without it, libpng takes 16 bits a channel for linear light where the file does not say. */
    image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    image->format = image->format & PNG_FORMAT_FLAG_ALPHA ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
    return 1;
}

int cpng_read_head(const void *file, size_t length, cpng_picture *picture) {
    png_image image;
    int is_good = begin(&image, file, length);
    picture->width = image.width;
    picture->height = image.height;
    picture->has_alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    return done(&image, is_good, picture);
}

int cpng_read_pixels(const void *file, size_t length, cpng_picture *picture, unsigned char *pixels, size_t room) {
    png_image image;
    if (!begin(&image, file, length)) return done(&image, 0, picture);
    if ((uint64_t)image.width * image.height * PNG_IMAGE_PIXEL_SIZE(image.format) != room) {
        strcpy(image.message, "the room is not the picture's size");
        return done(&image, 0, picture);
    }
    return done(&image, png_image_finish_read(&image, NULL, pixels, 0, NULL), picture);
}

static png_image image_of(const cpng_picture *picture, int colors) {
    png_image image = new_image();
    image.width = picture->width;
    image.height = picture->height;
    image.colormap_entries = (png_uint_32)colors;
    /* 4096 by 4096 pixels of noise, the worst there is, take 3.4 s and not 9.4; drawings are small as it is. */
    image.flags = colors ? 0 : PNG_IMAGE_FLAG_FAST;
    image.format = colors ? PNG_FORMAT_RGB_COLORMAP : picture->has_alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
    return image;
}

size_t cpng_bound(const cpng_picture *picture, int colors) {
    png_image image = image_of(picture, colors);
    return PNG_IMAGE_PNG_SIZE_MAX(image);
}

int cpng_write(
    cpng_picture *picture, const unsigned char *pixels, size_t count, const unsigned char *palette, int colors, void *file,
    size_t *length) {
    png_image image = image_of(picture, colors);
    png_alloc_size_t size = *length;
    int is_good = 0;
    if ((uint64_t)image.width * image.height * PNG_IMAGE_PIXEL_SIZE(image.format) != count) {
        strcpy(image.message, "the pixels are not as many as the picture has");
    } else if (colors < 0 || colors > 256) {
        strcpy(image.message, "a palette has 1 to 256 colours");
    } else {
        is_good = png_image_write_to_memory(&image, file, &size, 0, pixels, 0, palette);
    }
    *length = is_good ? size : 0;
    return done(&image, is_good, picture);
}
