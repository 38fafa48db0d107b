#include "blur.h"

#include <stdlib.h>
#include <string.h>

static int clamp(int v, int max) {
    return v < 0 ? 0 : v > max ? max : v;
}

/* The image as numbers, with a border of RADIUS clamped pixels on every side. */
static void pad(const uint8_t *image, double *padded, int width, int height) {
    int stride = width + 2 * RADIUS;
    for (int y = 0; y < height + 2 * RADIUS; y++) {
        for (int x = 0; x < stride; x++) {
            padded[y * stride + x] = image[clamp(y - RADIUS, height - 1) * width + clamp(x - RADIUS, width - 1)];
        }
    }
}

/* Every pixel becomes the weighted mean of the TAPS x TAPS pixels around it. */
static void pass(const double *padded, double weights[TAPS][TAPS], uint8_t *image, int width, int height) {
    int stride = width + 2 * RADIUS;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            double sum = 0;
            for (int j = 0; j < TAPS; j++) {
                for (int i = 0; i < TAPS; i++) {
                    sum += weights[j][i] * padded[(y + j) * stride + x + i];
                }
            }
            image[y * width + x] = (sum + 32768) / 65536;
        }
    }
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    if (width == 0 || height == 0) return;
    double weights[TAPS][TAPS];
    for (int j = 0; j < TAPS; j++) {
        for (int i = 0; i < TAPS; i++) {
            weights[j][i] = KERNEL[j] * KERNEL[i];
        }
    }
    double *padded = malloc(sizeof(double) * (width + 2 * RADIUS) * (height + 2 * RADIUS));
    memcpy(out, in, (size_t)width * height);
    for (int p = 0; p < passes; p++) {
        pad(out, padded, width, height);
        pass(padded, weights, out, width, height);
    }
    free(padded);
}
