#include "sha256.h"

#include <immintrin.h>
#include <string.h>

/* Takes one block by the SHA instructions, which the assembler knows whatever the compiler may use. */
static void take_fast(uint32_t state[WORDS], const uint8_t *block) {
    __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203), w[16];
    __m128i t = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    __m128i u = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(t, u, 8), cdgh = _mm_blend_epi16(u, t, 0xf0), before = abef, before2 = cdgh;
    for (int i = 0; i < 16; i++) {
        if (i < 4) {
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + i), swap);
        } else {
            __m128i next = w[i - 4];
            __asm__("sha256msg1 %1, %0" : "+x"(next) : "x"(w[i - 3]));
            next = _mm_add_epi32(next, _mm_alignr_epi8(w[i - 1], w[i - 2], 4));
            __asm__("sha256msg2 %1, %0" : "+x"(next) : "x"(w[i - 1]));
            w[i] = next;
        }
        __m128i words = _mm_add_epi32(w[i], _mm_loadu_si128((const __m128i *)ROUND + i));
        register __m128i both __asm__("xmm0") = words;
        __asm__("sha256rnds2 %%xmm0, %1, %0" : "+x"(cdgh) : "x"(abef), "x"(both));
        both = _mm_shuffle_epi32(words, 0x0e);
        __asm__("sha256rnds2 %%xmm0, %1, %0" : "+x"(abef) : "x"(cdgh), "x"(both));
    }
    abef = _mm_add_epi32(abef, before), cdgh = _mm_add_epi32(cdgh, before2);
    t = _mm_shuffle_epi32(abef, 0x1b), u = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(t, u, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(u, t, 8));
}

static void hash(const uint8_t *message, uint32_t length, uint8_t *digest) {
    uint32_t state[WORDS];
    memcpy(state, START, sizeof state);
    uint32_t at = 0;
    for (; length - at >= BLOCK; at += BLOCK) take_fast(state, message + at);

    /* The rest, a one bit, zeros, and the number of bits in the last eight bytes of a block. */
    uint8_t last[2 * BLOCK] = {0};
    uint32_t rest = length - at, size = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    uint64_t bits = (uint64_t)length * 8;
    memcpy(last, message + at, rest);
    last[rest] = 0x80;
    for (int k = 0; k < 8; k++) last[size - 1 - k] = bits >> 8 * k;
    for (uint32_t k = 0; k < size; k += BLOCK) take_fast(state, last + k);

    for (int k = 0; k < DIGEST; k++) digest[k] = state[k / 4] >> (24 - 8 * (k % 4));
}

void hash_all(const uint8_t *bytes, const uint32_t *lengths, int count, uint8_t *digests) {
    for (int i = 0; i < count; i++) {
        hash(bytes, lengths[i], digests + DIGEST * i);
        bytes += lengths[i];
    }
}
