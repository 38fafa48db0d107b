#include "ctr.h"

#include <immintrin.h>

/* AES-NI, 8 blocks in flight, in two ways of making a block:
 *
 * plain    The counter's upper 15 bytes and the first round key are one vector for 256 blocks; the last byte comes in
 *          by an exclusive or with a row of LAST. Then ten rounds.
 * cached   What two rounds make of a block is a sum: one part depends on bytes 0, 5, 10 and 15 of the counter, which
 *          the first round puts into one column, the other part on the twelve others. While byte 15 runs and bytes
 *          0, 5 and 10 stand still, the first part is a table of 256 rows, recorded from one run of plain blocks; the
 *          second part is one vector for 256 blocks. So a block begins with one exclusive or, and eight rounds follow.
 *
 * The last round takes the message where another has its key; the last key is added for two blocks at once. */
typedef __m128i V;

enum { RUN = 256, BATCH = 8, UNROLLED = 64, WORTH_RECORDING = 1 << 30, TAB_BITS = 40 };

#define ROW(i) {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i}
#define ROWS4(i) ROW(i), ROW(i + 1), ROW(i + 2), ROW(i + 3)
#define ROWS16(i) ROWS4(i), ROWS4(i + 4), ROWS4(i + 8), ROWS4(i + 12)
#define ROWS64(i) ROWS16(i), ROWS16(i + 16), ROWS16(i + 32), ROWS16(i + 48)
static const uint8_t LAST[RUN][BLOCK] __attribute__((aligned(64))) = {ROWS64(0), ROWS64(64), ROWS64(128), ROWS64(192)};

/* Read from byte t on: moves the first t bytes of a vector to its end, and marks the others. */
static const uint8_t TO_END[2 * BLOCK] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

static inline V load(const void *p) {
    return _mm_loadu_si128(p);
}

static inline void store(void *p, V v) {
    _mm_storeu_si128(p, v);
}

#define WORDS(i) {i, i, i, i}

/* The next round key: the last word, turned and substituted by a last round whose columns are all equal, is added to
 * the running sums of the words. */
static inline V next_key(V key, V turn, const V *constant) {
    const V word = _mm_aesenclast_si128(_mm_shuffle_epi8(key, turn), *constant);
    key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
    return _mm_xor_si128(key, word);
}

static inline __attribute__((always_inline)) void expand_key(const uint8_t *key, V keys[ROUNDS + 1]) {
    static const uint32_t CONSTANTS[ROUNDS][4] __attribute__((aligned(16))) = {
        WORDS(1), WORDS(2), WORDS(4), WORDS(8), WORDS(16), WORDS(32), WORDS(64), WORDS(128), WORDS(0x1b), WORDS(0x36),
    };
    const V *constants = (const V *)CONSTANTS, turn = _mm_set1_epi32(0x0c0f0e0d);
    __asm__("" : "+r"(constants)); /* or they would be built, three instructions each */
    keys[0] = load(key);
#pragma GCC unroll 10
    for (int i = 0; i < ROUNDS; i++) keys[i + 1] = next_key(keys[i], turn, constants + i);
}

typedef enum { PLAIN, RECORD, CACHED } Way;

/* `count` blocks, at most BATCH; rows are those of LAST or of the table. */
static inline __attribute__((always_inline)) void batch(Way way, int count, V start, const V *rows, V *table, const V *keys,
                                                        const uint8_t *in, uint8_t *out) {
    V x[BATCH];
    const __m256i last = _mm256_broadcastsi128_si256(keys[ROUNDS]);
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) x[i] = _mm_xor_si128(start, rows[i]);
    if (way != CACHED) {
#pragma GCC unroll 2
        for (int r = 1; r < 3; r++) {
#pragma GCC unroll 8
            for (int i = 0; i < count; i++) x[i] = _mm_aesenc_si128(x[i], keys[r]);
        }
    }
    if (way == RECORD) {
#pragma GCC unroll 8
        for (int i = 0; i < count; i++) table[i] = x[i];
    }
#pragma GCC unroll 7
    for (int r = 3; r < ROUNDS; r++) {
#pragma GCC unroll 8
        for (int i = 0; i < count; i++) x[i] = _mm_aesenc_si128(x[i], keys[r]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) x[i] = _mm_aesenclast_si128(x[i], load(in + BLOCK * i));
#pragma GCC unroll 4
    for (int i = 0; i + 1 < count; i += 2) {
        __m256i two = _mm256_inserti128_si256(_mm256_castsi128_si256(x[i]), x[i + 1], 1);
        _mm256_storeu_si256((__m256i *)(out + BLOCK * i), _mm256_xor_si256(two, last));
    }
    if (count % 2) store(out + BLOCK * (count - 1), _mm_xor_si128(x[count - 1], keys[ROUNDS]));
}

/* `count` blocks, at most RUN. */
static inline __attribute__((always_inline)) void run(Way way, size_t count, V start, const V *rows, V *table, const V *given,
                                                      const uint8_t *in, uint8_t *out) {
    V keys[ROUNDS + 1]; /* of its own, so that no store can change them */
#pragma GCC unroll 11
    for (int i = 0; i <= ROUNDS; i++) keys[i] = given[i];
#define STEP(many)                                             \
    {                                                          \
        batch(way, many, start, rows, table, keys, in, out);   \
        rows += many, table += many;                           \
        in += BLOCK * (many), out += BLOCK * (many);           \
    }
    for (; count >= UNROLLED; count -= UNROLLED) {
#pragma GCC unroll 8
        for (int i = 0; i < UNROLLED / BATCH; i++) STEP(BATCH)
    }
    if (way == RECORD) return; /* always a whole run */
    for (; count >= BATCH; count -= BATCH) STEP(BATCH)
    if (count & 4) STEP(4)
    if (count & 2) STEP(2)
    if (count & 1) STEP(1)
#undef STEP
}

static __attribute__((noinline)) void run_plain(size_t count, V start, const V *rows, const V *keys, const uint8_t *in,
                                                uint8_t *out) {
    run(PLAIN, count, start, rows, 0, keys, in, out);
}

static __attribute__((noinline)) void run_recording(V start, V *table, const V *keys, const uint8_t *in, uint8_t *out) {
    run(RECORD, RUN, start, (const V *)LAST, table, keys, in, out);
}

static __attribute__((noinline)) void run_cached(size_t count, V start, const V *table, const V *keys, const uint8_t *in,
                                                 uint8_t *out) {
    run(CACHED, count, start, table, 0, keys, in, out);
}

/* Less than UNROLLED blocks of a run. */
static inline __attribute__((always_inline)) void few_blocks(size_t count, V start, const V *rows, const V *keys,
                                                             const uint8_t *in, uint8_t *out) {
    run(PLAIN, count % UNROLLED, start, rows, 0, keys, in, out);
}

/* The key stream of one block. */
static inline V stream(V x, const V *keys) {
#pragma GCC unroll 9
    for (int r = 1; r < ROUNDS; r++) x = _mm_aesenc_si128(x, keys[r]);
    return _mm_aesenclast_si128(x, keys[ROUNDS]);
}

/* The last `bytes` bytes before the end of a message of at least a block, of which all before is written. */
static inline void finish(V key_stream, const uint8_t *in_end, uint8_t *out_end, size_t bytes) {
    const V order = load(TO_END + bytes), text = load(in_end - BLOCK), before = load(out_end - BLOCK);
    const V after = _mm_xor_si128(_mm_shuffle_epi8(key_stream, order), text);
    store(out_end - BLOCK, _mm_blendv_epi8(after, before, order));
}

/* A message of less than a block: its first and its last bytes, which may overlap. */
static __attribute__((noinline)) void few_bytes(const uint8_t *key, const uint8_t *counter, const uint8_t *in, uint8_t *out,
                                                size_t bytes) {
    V keys[ROUNDS + 1];
    uint8_t all[BLOCK];
    expand_key(key, keys);
    store(all, stream(_mm_xor_si128(load(counter), keys[0]), keys));
#define ENDS(type)                                                                   \
    {                                                                                \
        type first, last, mask;                                                      \
        __builtin_memcpy(&first, in, sizeof(type));                                  \
        __builtin_memcpy(&last, in + bytes - sizeof(type), sizeof(type));            \
        __builtin_memcpy(&mask, all, sizeof(type));                               \
        first ^= mask;                                                               \
        __builtin_memcpy(&mask, all + bytes - sizeof(type), sizeof(type));        \
        last ^= mask;                                                                \
        __builtin_memcpy(out, &first, sizeof(type));                                 \
        __builtin_memcpy(out + bytes - sizeof(type), &last, sizeof(type));           \
    }
    if (bytes >= 8) ENDS(uint64_t)
    else if (bytes >= 4) ENDS(uint32_t)
    else if (bytes >= 2) ENDS(uint16_t)
    else out[0] = in[0] ^ all[0];
#undef ENDS
}

/* The counter as two numbers, its last byte left out. */
static inline V counter_vector(uint64_t high, uint64_t low) {
    return _mm_set_epi64x((long long)__builtin_bswap64(low), (long long)__builtin_bswap64(high));
}

static __attribute__((noinline)) void many_blocks(const V *keys, const uint8_t *counter, const uint8_t *in, uint8_t *out,
                                                  size_t length) {
    V table[RUN];
    uint64_t high, low;
    __builtin_memcpy(&high, counter, 8), __builtin_memcpy(&low, counter + 8, 8);
    high = __builtin_bswap64(high), low = __builtin_bswap64(low);
    size_t left = length / BLOCK, at = low % RUN;
    int recorded = 0;
    low -= at;
    V start = _mm_xor_si128(counter_vector(high, low), keys[0]);
    while (left) {
        size_t count = left < RUN - at ? left : RUN - at;
        if (low << (64 - TAB_BITS) == 0) recorded = 0; /* byte 10 has changed */
        if (recorded) {
            V two_rounds = _mm_aesenc_si128(_mm_aesenc_si128(start, keys[1]), keys[2]);
            run_cached(count, _mm_xor_si128(two_rounds, table[0]), table, keys, in, out);
        } else if (at == 0 && left >= WORTH_RECORDING) {
            run_recording(start, table, keys, in, out);
            recorded = 1;
            /* The first run's other part is in the table, too: it is added once more with table[0]. */
        } else {
            run_plain(count, start, (const V *)LAST + at, keys, in, out);
        }
        in += BLOCK * count, out += BLOCK * count, left -= count, at += count;
        if (at == RUN) {
            at = 0, low += RUN, high += low == 0;
            start = _mm_xor_si128(counter_vector(high, low), keys[0]);
        }
    }
    if (length % BLOCK) {
        size_t bytes = length % BLOCK;
        finish(stream(_mm_xor_si128(start, ((const V *)LAST)[at]), keys), in + bytes, out + bytes, bytes);
    }
}

void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length) {
    if (length < BLOCK) {
        if (length) few_bytes(key, counter, in, out, length);
        return;
    }
    V keys[ROUNDS + 1];
    expand_key(key, keys);
    size_t at = counter[BLOCK - 1], count = length / BLOCK;
    if (count >= UNROLLED || at + count >= RUN) {
        many_blocks(keys, counter, in, out, length);
        return;
    }
    const V start = _mm_insert_epi8(_mm_xor_si128(load(counter), keys[0]), key[BLOCK - 1], BLOCK - 1);
    const V *rows = (const V *)LAST + at;
    few_blocks(count, start, rows, keys, in, out);
    if (length % BLOCK) {
        finish(stream(_mm_xor_si128(start, rows[count]), keys), in + length, out + length, length % BLOCK);
    }
}
