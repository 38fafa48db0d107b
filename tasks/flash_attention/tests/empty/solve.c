#include "attention.h"

/* Does nothing: what the driver itself costs. */
void attention(const float *q, const float *k, const float *v, float *out, int n, int d) {
    (void)q, (void)k, (void)v, (void)out, (void)n, (void)d;
}
