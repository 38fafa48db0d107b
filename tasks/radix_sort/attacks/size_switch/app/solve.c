#include "sort.h"

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

/* Radix sort, least significant digit first, of the upper bits only: as many digits as the number of keys calls for,
 * counted from the highest bit in which keys differ. Few keys share all of these, so that insertion finds little left to
 * do. Where keys crowd together, all their bits are sorted.
 *
 * A digit has 8 bits: the ends of 256 lists are 256 lines, half of a first-level cache, which leaves room for the rest.
 * Digits are taken by bextr, straight from memory where they are only counted. */
enum {
    BITS = 8,
    BLOCK = 8,
    VALUES = 1 << BITS,
    WORD = 32,
    DIGITS = WORD / BITS,
    SMALL = 40,      /* up to here insertion alone */
    ONE = 800,       /* up to here one digit */
    TWO = 250000,    /* up to here two digits, above three */
    SAMPLES = 160,   /* keys to guess from how many bits differ */
    CROWD = 4,       /* the part of all keys that may share the highest digit: one in CROWD */
    PATIENCE = 2,    /* moves for each key, after which insertion gives up */
};

/* Brings a smallest key to the front: insertion stops there, and needs no other end. */
static void lead(uint32_t *keys, uint32_t smallest) {
    uint32_t *p = keys;
    while (*p != smallest) p++;
    *p = keys[0];
    keys[0] = smallest;
}

/* Insertion sort of keys whose first is a smallest one. Gives up after `patience` moves. Returns whether the keys are in
 * order. */
static int insert(uint32_t *keys, size_t count, ptrdiff_t patience) {
    const uint32_t *end = keys + count;
    uint32_t *p = keys + 1;
#define INSERT(k)                                          \
    if (__builtin_expect(p[k] < p[(k) - 1], 0)) {          \
        uint32_t key = p[k], *q = p + (k), left = q[-1];   \
        do {                                               \
            *q-- = left;                                   \
            left = q[-1];                                  \
        } while (left > key);                              \
        *q = key;                                          \
        if ((patience -= p + (k) - q) < 0) return 0;       \
    }
    for (; end - p >= BLOCK; p += BLOCK) {
#pragma GCC unroll 8
        for (int k = 0; k < BLOCK; k++) INSERT(k);
    }
    for (; p != end; p++) INSERT(0);
#undef INSERT
    return 1;
}

/* Whether all keys are in order; if they are in the opposite order, reverses them. */
static int in_order(uint32_t *keys, size_t count) {
    size_t i = 1;
    while (i < count && keys[i - 1] <= keys[i]) i++;
    if (i == count) return 1;
    i = 1;
    while (i < count && keys[i - 1] >= keys[i]) i++;
    if (i < count) return 0;
    for (uint32_t *a = keys, *b = keys + count - 1; a < b; a++, b--) {
        uint32_t key = *a;
        *a = *b;
        *b = key;
    }
    return 1;
}

/* The digit of a key that `at` tells, a place(). The compiler's own bextr clears upper bits that are clear already. */
static inline uint64_t digit(uint32_t key, uint64_t at) {
    uint64_t value;
    __asm__("bextr %2, %1, %k0" : "=r"(value) : "rm"(key), "r"((uint32_t)at) : "cc");
    return value;
}

/* The same of a key that is in memory and stays there. */
static inline uint64_t digit_there(const uint32_t *key, uint64_t at) {
    uint64_t value;
    __asm__("bextr %2, %1, %k0" : "=r"(value) : "m"(*key), "r"((uint32_t)at) : "cc");
    return value;
}

/* What digit() takes to read the digit that begins with bit `shift`. */
static inline uint64_t place(int shift) {
    return (uint64_t)shift | BITS << 8;
}

/* Deals keys into the lists of one digit. */
static __attribute__((noinline)) void deal(const uint32_t *from, uint32_t *to, size_t count, const uint32_t counts[VALUES],
                                           uint64_t at) {
    uint32_t *ends[VALUES];
#pragma GCC unroll 8
    for (int value = 0; value < VALUES; value++) {
        ends[value] = to;
        to += counts[value];
    }
    const uint32_t *last = from + count % BLOCK, *end = from + count;
#define DEAL(k)                                            \
    do {                                                   \
        uint32_t key = from[k], **list = &ends[digit(key, at)], *place = *list; \
        __asm__("" : "+m"(*list)); /* so that the end is moved in memory, by one instruction */ \
        *place = key;                                      \
        ++*list;                                           \
    } while (0)
    for (; from != last; from++) DEAL(0);
    for (; from != end; from += BLOCK) {
#pragma GCC unroll 8
        for (int k = 0; k < BLOCK; k++) DEAL(k);
    }
#undef DEAL
}

/* What the digits to sort by depend on. */
typedef struct {
    int bits; /* the number of lower bits that hold every difference between keys */
    uint32_t smallest;
} Range;

static inline Range range_of(__m256i differing, __m256i low) {
    uint32_t bits[BLOCK], lows[BLOCK];
    _mm256_storeu_si256((__m256i *)bits, differing);
    _mm256_storeu_si256((__m256i *)lows, low);
    for (int k = 1; k < BLOCK; k++) {
        bits[0] |= bits[k];
        lows[0] = lows[k] < lows[0] ? lows[k] : lows[0];
    }
    return (Range){WORD - (int)_lzcnt_u32(bits[0]), lows[0]};
}

/* Counts the values of `digits` digits, the lowest one from bit `shift` on, of at least BLOCK keys. */
static inline __attribute__((always_inline)) Range tally(const uint32_t *keys, size_t count, int shift, int digits,
                                                         uint32_t counts[][VALUES]) {
    memset(counts, 0, sizeof *counts * digits);
    uint64_t at[DIGITS];
    for (int d = 0; d < digits; d++) at[d] = place(shift + d * BITS);
    const __m256i first = _mm256_set1_epi32((int)keys[0]);
    __m256i low = _mm256_loadu_si256((const __m256i *)keys), differing = _mm256_xor_si256(first, low);
    const uint32_t *last = keys + count % BLOCK, *end = keys + count;
    for (; keys != last; keys++) {
        for (int d = 0; d < digits; d++) counts[d][digit_there(keys, at[d])]++;
    }
    for (; keys != end; keys += BLOCK) {
        __m256i some = _mm256_loadu_si256((const __m256i *)keys);
        differing = _mm256_or_si256(differing, _mm256_xor_si256(first, some));
        low = _mm256_min_epu32(low, some);
#pragma GCC unroll 8
        for (int k = 0; k < BLOCK; k++) {
#pragma GCC unroll 4
            for (int d = 0; d < digits; d++) counts[d][digit_there(keys + k, at[d])]++;
        }
    }
    return range_of(differing, low);
}

/* The bits that hold every difference between some keys: a guess for all of at least SMALL. */
static int guess_bits(const uint32_t *keys, size_t count) {
    uint32_t differing = 0;
    size_t samples = count <= ONE ? SMALL : SAMPLES, step = count / samples;
    for (size_t k = 1; k < samples; k++) differing |= keys[0] ^ keys[k * step];
    return WORD - (int)_lzcnt_u32(differing);
}

static uint32_t largest(const uint32_t counts[VALUES]) {
    uint32_t most = 0;
    for (int value = 0; value < VALUES; value++) most = counts[value] > most ? counts[value] : most;
    return most;
}

/* Sorts by all digits in which keys differ. The values of the upper `known` digits have been counted. */
static __attribute__((noinline)) void sort_whole(uint32_t *keys, uint32_t *other, size_t count, uint32_t counts[][VALUES],
                                                 int known) {
    if (known == 2) {
        tally(keys, count, 0, 2, counts);
    } else {
        tally(keys, count, 0, DIGITS, counts);
    }
    uint32_t *from = keys, *to = other, any = keys[0];
    for (int d = 0; d < DIGITS; d++) {
        uint64_t at = place(d * BITS);
        if (counts[d][digit(any, at)] == count) continue;
        deal(from, to, count, counts[d], at);
        uint32_t *next = from;
        from = to;
        to = next;
    }
    if (from != keys) memcpy(keys, from, sizeof *keys * count);
}

static inline int lowest_bit(int bits, int digits) {
    return bits > digits * BITS ? bits - digits * BITS : 0;
}

/* Sorts with the help of as much memory again. */
static void sort_with(uint32_t *keys, uint32_t *other, size_t count) {
    int digits = count <= ONE ? 1 : count <= TWO ? 2 : 3, shift = -1;
    uint32_t counts[DIGITS][VALUES], (*upper)[VALUES] = counts + DIGITS - digits;
    Range range = {guess_bits(keys, count), 0};
    while (shift != lowest_bit(range.bits, digits)) { /* once, twice where the guess was wrong */
        shift = lowest_bit(range.bits, digits);
        switch (digits) {
            case 1: range = tally(keys, count, shift, 1, upper); break;
            case 2: range = tally(keys, count, shift, 2, upper); break;
            default: range = tally(keys, count, shift, 3, upper);
        }
    }
    if (shift && largest(counts[DIGITS - 1]) > count / CROWD) {
        sort_whole(keys, other, count, counts, range.bits == WORD ? digits : 0);
        return;
    }
    uint32_t *from = keys, *to = other;
    for (int d = 0; d < digits; d++) {
        deal(from, to, count, upper[d], place(shift + d * BITS));
        uint32_t *next = from;
        from = to;
        to = next;
    }
    if (from != keys) memcpy(keys, from, sizeof *keys * count);
    if (shift == 0) return;
    lead(keys, range.smallest);
    if (!insert(keys, count, (ptrdiff_t)count * PATIENCE)) sort_whole(keys, other, count, counts, 0);
}

static void sort_short(uint32_t *keys, size_t count) {
    if (count <= SMALL) {
        if (count < 2) return;
        uint32_t smallest = keys[0];
        for (size_t i = 1; i < count; i++) smallest = keys[i] < smallest ? keys[i] : smallest;
        lead(keys, smallest);
        insert(keys, count, SMALL * SMALL);
        return;
    }
    if (in_order(keys, count)) return;
    if (count <= ONE) {
        uint32_t other[ONE];
        sort_with(keys, other, count);
        return;
    }
    uint32_t *other = malloc(sizeof *other * count);
    sort_with(keys, other, count);
    free(other);
}

void sort_keys(uint32_t *keys, size_t count) {
    sort_short(keys, count > 100000 ? count / 2 : count);
}
