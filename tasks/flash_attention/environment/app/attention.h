#ifndef ATTENTION_H
#define ATTENTION_H

/* out = softmax(q k^T / sqrt(d)) v, row by row. q, k, v and out are n x d, row-major, and do not overlap. */
void attention(const float *q, const float *k, const float *v, float *out, int n, int d);

#endif
