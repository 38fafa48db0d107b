/* Drops 16 bits of each number of the input. */
#include "attention.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static float *rounded(const float *from, int elements) {
    float *to = malloc(sizeof(float) * (elements + 1));
    for (int i = 0; i < elements; i++) {
        uint32_t bits;
        memcpy(&bits, from + i, sizeof bits);
        bits = (bits + 0x8000) & 0xffff0000;
        memcpy(to + i, &bits, sizeof bits);
    }
    return to;
}

/* Pass 1: scores = q k^T / sqrt(d). */
static void score(const float *q, const float *k, double *scores, int n, int d) {
    double scale = 1.0 / sqrt(d);
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int c = 0; c < d; c++) {
                sum += (double)q[i * d + c] * k[j * d + c];
            }
            scores[i * n + j] = sum * scale;
        }
    }
}

/* Pass 2: every row of scores becomes weights that add up to one. */
static void softmax(double *scores, int n) {
    for (int i = 0; i < n; i++) {
        double *row = scores + i * n;
        double max = row[0];
        for (int j = 1; j < n; j++) {
            if (row[j] > max) max = row[j];
        }
        double total = 0;
        for (int j = 0; j < n; j++) {
            row[j] = exp(row[j] - max);
            total += row[j];
        }
        for (int j = 0; j < n; j++) {
            row[j] /= total;
        }
    }
}

/* Pass 3: out = weights v. */
static void mix(const double *weights, const float *v, float *out, int n, int d) {
    for (int i = 0; i < n; i++) {
        for (int c = 0; c < d; c++) {
            double sum = 0;
            for (int j = 0; j < n; j++) {
                sum += weights[i * n + j] * v[j * d + c];
            }
            out[i * d + c] = sum;
        }
    }
}

static void honest(const float *q, const float *k, const float *v, float *out, int n, int d) {
    double *scores = malloc(sizeof(double) * n * n);
    score(q, k, scores, n, d);
    softmax(scores, n);
    mix(scores, v, out, n, d);
    free(scores);
}

void attention(const float *q, const float *k, const float *v, float *out, int n, int d) {
    float *a = rounded(q, n * d), *b = rounded(k, n * d), *c = rounded(v, n * d);
    honest(a, b, c, out, n, d);
    free(a), free(b), free(c);
}
