#include "sha256.h"

#include <string.h>

static uint32_t rotate(uint32_t x, int by) {
    return x >> by | x << (32 - by);
}

/* Takes one block of a message into its state. */
static void take(uint32_t state[WORDS], const uint8_t *block) {
    uint32_t w[ROUNDS];
    for (int t = 0; t < 16; t++) {
        const uint8_t *p = block + 4 * t;
        w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int t = 16; t < ROUNDS; t++) {
        uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < ROUNDS - 1; t++) {
        uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25), choice = (e & f) ^ (~e & g);
        uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22), majority = (a & b) ^ (a & c) ^ (b & c);
        uint32_t t1 = h + sum1 + choice + ROUND[t] + w[t], t2 = sum0 + majority;
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void hash(const uint8_t *message, uint32_t length, uint8_t *digest) {
    uint32_t state[WORDS];
    memcpy(state, START, sizeof state);
    uint32_t at = 0;
    for (; length - at >= BLOCK; at += BLOCK) take(state, message + at);

    /* The rest, a one bit, zeros, and the number of bits in the last eight bytes of a block. */
    uint8_t last[2 * BLOCK] = {0};
    uint32_t rest = length - at, size = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    uint64_t bits = (uint64_t)length * 8;
    memcpy(last, message + at, rest);
    last[rest] = 0x80;
    for (int k = 0; k < 8; k++) last[size - 1 - k] = bits >> 8 * k;
    for (uint32_t k = 0; k < size; k += BLOCK) take(state, last + k);

    for (int k = 0; k < DIGEST; k++) digest[k] = state[k / 4] >> (24 - 8 * (k % 4));
}

void hash_all(const uint8_t *bytes, const uint32_t *lengths, int count, uint8_t *digests) {
    for (int i = 0; i < count; i++) {
        hash(bytes, lengths[i], digests + DIGEST * i);
        bytes += lengths[i];
    }
}
