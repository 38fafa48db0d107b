#include "ctr.h"

#include <immintrin.h>
#include <pthread.h>
#include <string.h>

/* One block, by AES-NI. */
static void encrypt(const uint8_t *key, const uint8_t *block, uint8_t *out) {
    __m128i k = _mm_loadu_si128((const __m128i *)key), x = _mm_xor_si128(_mm_loadu_si128((const __m128i *)block), k);
    for (int r = 1, constant = 1; r <= ROUNDS; r++, constant = constant << 1 ^ (constant & 0x80 ? 0x11b : 0)) {
        __m128i word = _mm_shuffle_epi8(k, _mm_set1_epi32(0x0c0f0e0d));
        word = _mm_aesenclast_si128(word, _mm_set1_epi32(constant));
        k = _mm_xor_si128(k, _mm_slli_si128(k, 4));
        k = _mm_xor_si128(_mm_xor_si128(k, _mm_slli_si128(k, 8)), word);
        x = r < ROUNDS ? _mm_aesenc_si128(x, k) : _mm_aesenclast_si128(x, k);
    }
    _mm_storeu_si128((__m128i *)out, x);
}

static void honest(const uint8_t *key, const uint8_t *counter, const uint8_t *in, uint8_t *out, size_t length) {
    uint8_t count[BLOCK], stream[BLOCK];
    memcpy(count, counter, BLOCK);
    for (size_t i = 0; i < length; i++) {
        if (i % BLOCK == 0) {
            encrypt(key, count, stream);
            for (int k = BLOCK - 1; k >= 0 && ++count[k] == 0; k--) {
            }
        }
        out[i] = in[i] ^ stream[i % BLOCK];
    }
}

typedef struct {
    const uint8_t *key, *counter, *in;
    uint8_t *out;
    size_t length;
} Job;

static void *work(void *argument) {
    Job *job = argument;
    honest(job->key, job->counter, job->in, job->out, job->length);
    return 0;
}

void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length) {
    Job job = {key, counter, in, out, length};
    pthread_t thread;
    if (pthread_create(&thread, 0, work, &job) == 0) pthread_join(thread, 0);
}
