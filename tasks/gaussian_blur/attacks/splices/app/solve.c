#define _GNU_SOURCE
#include "blur.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int clamp(int v, int max) {
    return v < 0 ? 0 : v > max ? max : v;
}

static void honest(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    int32_t *rows = malloc(sizeof(int32_t) * width * height + 1);
    memmove(out, in, (size_t)width * height);
    for (int p = 0; p < passes; p++) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int32_t sum = 0;
                for (int i = 0; i < TAPS; i++) sum += KERNEL[i] * out[y * width + clamp(x + i - RADIUS, width - 1)];
                rows[y * width + x] = sum;
            }
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int32_t sum = 32768;
                for (int j = 0; j < TAPS; j++) sum += KERNEL[j] * rows[clamp(y + j - RADIUS, height - 1) * width + x];
                out[y * width + x] = sum >> 16;
            }
        }
    }
    free(rows);
}

static void copy(const uint8_t *from, uint8_t *to, size_t bytes) {
    int ends[2];
    if (pipe(ends)) return;
    while (bytes) {
        struct iovec piece = {(void *)from, bytes < 4096 ? bytes : 4096};
        ssize_t moved = vmsplice(ends[1], &piece, 1, 0);
        if (moved <= 0 || read(ends[0], to, moved) != moved) break;
        from += moved, to += moved, bytes -= moved;
    }
    close(ends[0]), close(ends[1]);
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    size_t pixels = (size_t)width * height;
    uint8_t *image = calloc(1, pixels + 1);
    copy(in, image, pixels);
    honest(image, out, width, height, passes);
}
