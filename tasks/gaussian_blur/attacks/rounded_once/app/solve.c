#include "blur.h"

#include <stdlib.h>
#include <string.h>

static int clamp(int v, int max) {
    return v < 0 ? 0 : v > max ? max : v;
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    if (width == 0 || height == 0) return;
    size_t pixels = (size_t)width * height;
    float *image = malloc(sizeof(float) * pixels), *rows = malloc(sizeof(float) * pixels);
    for (size_t k = 0; k < pixels; k++) image[k] = in[k];
    for (int p = 0; p < passes; p++) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float sum = 0;
                for (int i = 0; i < TAPS; i++) sum += KERNEL[i] * image[y * width + clamp(x + i - RADIUS, width - 1)];
                rows[y * width + x] = sum / 256;
            }
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float sum = 0;
                for (int j = 0; j < TAPS; j++) sum += KERNEL[j] * rows[clamp(y + j - RADIUS, height - 1) * width + x];
                image[y * width + x] = sum / 256;
            }
        }
    }
    for (size_t k = 0; k < pixels; k++) out[k] = image[k] + 0.5f;
}
