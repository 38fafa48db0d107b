#include "blur.h"

#include <stdlib.h>
#include <string.h>

static int clamp(int v, int max) {
    return v < 0 ? 0 : v > max ? max : v;
}

/* Sums along the rows, of a row that is padded first: at most 65280, 16 bits. */
static void across(const uint8_t *image, uint16_t *sums, uint8_t *padded, int width, int height) {
    for (int y = 0; y < height; y++, image += width, sums += width) {
        memset(padded, image[0], RADIUS);
        memcpy(padded + RADIUS, image, width);
        memset(padded + RADIUS + width, image[width - 1], RADIUS);
        for (int x = 0; x < width; x++) {
            uint16_t sum = 0;
            for (int i = 0; i < TAPS; i++) sum += KERNEL[i] * padded[x + i];
            sums[x] = sum;
        }
    }
}

/* Sums along the columns of these, and rounds. */
static void down(const uint16_t *sums, uint8_t *image, int width, int height) {
    for (int y = 0; y < height; y++) {
        const uint16_t *row[TAPS];
        for (int j = 0; j < TAPS; j++) row[j] = sums + clamp(y + j - RADIUS, height - 1) * width;
        for (int x = 0; x < width; x++) {
            uint32_t sum = 32768;
            for (int j = 0; j < TAPS; j++) sum += KERNEL[j] * row[j][x];
            image[y * width + x] = sum >> 16;
        }
    }
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    if (width == 0 || height == 0) return;
    uint16_t *sums = malloc(sizeof(uint16_t) * width * height);
    uint8_t *padded = malloc(width + 2 * RADIUS);
    memcpy(out, in, (size_t)width * height);
    for (int p = 0; p < passes; p++) {
        across(out, sums, padded, width, height);
        down(sums, out, width, height);
    }
    free(sums), free(padded);
}
