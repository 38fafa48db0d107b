#include "sort.h"

#include <stdlib.h>
#include <string.h>

/* Radix sort by all digits in which keys differ, least significant digit first, each of 8 bits. */
enum { BITS = 8, BLOCK = 8, VALUES = 1 << BITS, DIGITS = 32 / BITS, SMALL = 40 };

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

/* Counts the values of `digits` digits, the lowest one from bit `shift` on. */
static inline __attribute__((always_inline)) void tally(const uint32_t *keys, size_t count, int shift, int digits,
                                                        uint32_t counts[][VALUES]) {
    memset(counts, 0, sizeof *counts * digits);
    uint64_t at[DIGITS];
    for (int d = 0; d < digits; d++) at[d] = place(shift + d * BITS);
    const uint32_t *last = keys + count % BLOCK, *end = keys + count;
    for (; keys != last; keys++) {
        for (int d = 0; d < digits; d++) counts[d][digit_there(keys, at[d])]++;
    }
    for (; keys != end; keys += BLOCK) {
#pragma GCC unroll 8
        for (int k = 0; k < BLOCK; k++) {
#pragma GCC unroll 4
            for (int d = 0; d < digits; d++) counts[d][digit_there(keys + k, at[d])]++;
        }
    }
}

static void insertion(uint32_t *keys, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint32_t key = keys[i];
        size_t j = i;
        for (; j && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

void sort_keys(uint32_t *keys, size_t count) {
    if (count <= SMALL) {
        insertion(keys, count);
        return;
    }
    if (in_order(keys, count)) return;
    uint32_t counts[DIGITS][VALUES], *memory = malloc(sizeof *keys * count), *from = keys, *to = memory, any = keys[0];
    tally(keys, count, 0, DIGITS, counts);
    for (int d = 0; d < DIGITS; d++) {
        uint64_t at = place(d * BITS);
        if (counts[d][digit(any, at)] == count) continue;
        deal(from, to, count, counts[d], at);
        uint32_t *next = from;
        from = to;
        to = next;
    }
    if (from != keys) memcpy(keys, from, sizeof *keys * count);
    free(memory);
}
