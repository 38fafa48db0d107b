/* The driver, not to be edited: reads a batch of attention problems, calls attention() once for each, writes the whole output.
 *
 * Input, little-endian: int32 count, int32 d, int32 n[count], then for each problem its q, k and v, n*d float32 each.
 * Output: for each problem n*d float32. Matrices are row-major and start on a multiple of 64 bytes. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "attention.h"

enum { MAX_COUNT = 64, MAX_N = 4096, MAX_D = 64 };

static void fail(const char *what) {
    fprintf(stderr, "solve: %s\n", what);
    exit(2);
}

static void *read_exactly(FILE *file, void *into, size_t bytes) {
    if (fread(into, 1, bytes, file) != bytes) fail("the input ends early");
    return into;
}

static float *matrix(size_t elements) {
    float *m = aligned_alloc(64, (elements * sizeof(float) + 127) / 64 * 64);
    if (!m) fail("out of memory");
    return m;
}

/* A matrix of the input. Every element is looked at, so that the data are in the cache, as after a copy by the kernel. */
static float *input_matrix(FILE *file, size_t elements) {
    float *m = read_exactly(file, matrix(elements), elements * sizeof(float));
    for (size_t i = 0; i < elements; i++) {
        if (!isfinite(m[i])) fail("the input is not finite");
    }
    return m;
}

static void solve_one(FILE *in, FILE *out, int n, int d) {
    size_t elements = (size_t)n * d;
    float *q = input_matrix(in, elements);
    float *k = input_matrix(in, elements);
    float *v = input_matrix(in, elements);
    float *o = matrix(elements);
    for (size_t i = 0; i < elements; i++) o[i] = NAN; /* what is not written is not a number */
    attention(q, k, v, o, n, d);
    if (fwrite(o, sizeof(float), elements, out) != elements) fail("cannot write the output");
    free(q), free(k), free(v), free(o);
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: solve INPUT OUTPUT");
    FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
    if (!in || !out) fail("cannot open the input or the output");
    int32_t head[2], n[MAX_COUNT];
    read_exactly(in, head, sizeof head);
    int count = head[0], d = head[1];
    if (count < 0 || count > MAX_COUNT || d < 1 || d > MAX_D) fail("bad header");
    read_exactly(in, n, count * sizeof *n);
    for (int i = 0; i < count; i++) {
        if (n[i] < 0 || n[i] > MAX_N) fail("bad size");
        solve_one(in, out, n[i], d);
    }
    if (fclose(out)) fail("cannot write the output");
    return 0;
}
