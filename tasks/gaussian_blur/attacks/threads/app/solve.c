#include "blur.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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

typedef struct {
    const uint8_t *in;
    uint8_t *out;
    int width, height, passes;
} Job;

static void *work(void *argument) {
    Job *job = argument;
    honest(job->in, job->out, job->width, job->height, job->passes);
    return 0;
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    Job job = {in, out, width, height, passes};
    pthread_t thread;
    if (pthread_create(&thread, 0, work, &job) == 0) pthread_join(thread, 0);
}
