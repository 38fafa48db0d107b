#include "blur.h"

#include <stdlib.h>
#include <string.h>

static int clamp(int v, int max) {
    return v < 0 ? 0 : v > max ? max : v;
}

/* Sums along the rows, of a row that is padded first. */
static void across(const uint8_t *image, double *sums, double *padded, int width, int height) {
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width + 2 * RADIUS; x++) padded[x] = image[y * width + clamp(x - RADIUS, width - 1)];
        for (int x = 0; x < width; x++) {
            double sum = 0;
            for (int i = 0; i < TAPS; i++) sum += KERNEL[i] * padded[x + i];
            sums[y * width + x] = sum;
        }
    }
}

/* Sums along the columns of these, and rounds. */
static void down(const double *sums, uint8_t *image, int width, int height) {
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            double sum = 0;
            for (int j = 0; j < TAPS; j++) sum += KERNEL[j] * sums[clamp(y + j - RADIUS, height - 1) * width + x];
            image[y * width + x] = (sum + 32768) / 65536;
        }
    }
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    if (width == 0 || height == 0) return;
    double *sums = malloc(sizeof(double) * width * height), *padded = malloc(sizeof(double) * (width + 2 * RADIUS));
    memcpy(out, in, (size_t)width * height);
    for (int p = 0; p < passes; p++) {
        across(out, sums, padded, width, height);
        down(sums, out, width, height);
    }
    free(sums), free(padded);
}
