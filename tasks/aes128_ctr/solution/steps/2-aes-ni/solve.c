#include "ctr.h"

#include <immintrin.h>
#include <string.h>

static __m128i next_key(__m128i key, __m128i word) {
    word = _mm_shuffle_epi32(word, 0xff);
    key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
    return _mm_xor_si128(key, word);
}

static void expand_key(const uint8_t *key, __m128i *keys) {
    keys[0] = _mm_loadu_si128((const __m128i *)key);
#define NEXT(i, constant) keys[i] = next_key(keys[i - 1], _mm_aeskeygenassist_si128(keys[i - 1], constant));
    NEXT(1, 1) NEXT(2, 2) NEXT(3, 4) NEXT(4, 8) NEXT(5, 16) NEXT(6, 32) NEXT(7, 64) NEXT(8, 128) NEXT(9, 0x1b) NEXT(10, 0x36)
}

static __m128i block(uint64_t high, uint64_t low) {
    return _mm_set_epi64x((long long)__builtin_bswap64(low), (long long)__builtin_bswap64(high));
}

static __m128i encrypt(__m128i x, const __m128i *keys) {
    x = _mm_xor_si128(x, keys[0]);
    for (int round = 1; round < ROUNDS; round++) x = _mm_aesenc_si128(x, keys[round]);
    return _mm_aesenclast_si128(x, keys[ROUNDS]);
}

void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length) {
    __m128i keys[ROUNDS + 1];
    uint64_t high, low;
    memcpy(&high, counter, 8), memcpy(&low, counter + 8, 8);
    high = __builtin_bswap64(high), low = __builtin_bswap64(low);
    expand_key(key, keys);
    for (; length >= BLOCK; in += BLOCK, out += BLOCK, length -= BLOCK) {
        __m128i stream = encrypt(block(high, low), keys), text = _mm_loadu_si128((const __m128i *)in);
        _mm_storeu_si128((__m128i *)out, _mm_xor_si128(stream, text));
        low++, high += low == 0;
    }
    uint8_t stream[BLOCK];
    if (length) _mm_storeu_si128((__m128i *)stream, encrypt(block(high, low), keys));
    for (size_t i = 0; i < length; i++) out[i] = in[i] ^ stream[i];
}
