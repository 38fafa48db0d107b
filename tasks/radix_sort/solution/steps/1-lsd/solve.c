#include "sort.h"

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

/* Least-significant-digit radix sort of the upper bits alone, as many as the number of keys calls for, then insertion,
 * which finds next to nothing left to do. Where keys are not spread evenly, all bits are sorted. Digits that all keys
 * share are skipped.
 *
 * BITS: 256 ends of lists are 256 lines, half of a first-level cache, and leave room for what is read. */
enum { BITS = 8, DIGITS = 4, VALUES = 1 << BITS, SMALL = 48, FEW = 200000 };

static void insertion(uint32_t *keys, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint32_t key = keys[i];
        size_t j = i;
        for (; j && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

/* Insertion of keys that are nearly in order; gives up after `patience` moves. Returns whether all are in order. */
static int insertion_within(uint32_t *keys, size_t count, ptrdiff_t patience) {
    uint32_t *end = keys + count, last = keys[0];
    for (uint32_t *p = keys + 1; p != end; p++) {
        uint32_t key = *p;
        if (__builtin_expect(key >= last, 1)) {
            last = key;
            continue;
        }
        uint32_t *q = p;
        do {
            *q = q[-1];
            q--;
        } while (q != keys && q[-1] > key);
        *q = key;
        patience -= p - q;
        if (patience < 0) return 0;
    }
    return 1;
}

/* How many keys from the first on are in order. */
static size_t in_order(const uint32_t *keys, size_t count) {
    size_t i = 1;
    while (i < count && keys[i - 1] <= keys[i]) i++;
    return i;
}

static size_t in_opposite_order(const uint32_t *keys, size_t count) {
    size_t i = 1;
    while (i < count && keys[i - 1] >= keys[i]) i++;
    return i;
}

static void reverse(uint32_t *keys, size_t count) {
    for (size_t i = 0, j = count - 1; i < j; i++, j--) {
        uint32_t key = keys[i];
        keys[i] = keys[j];
        keys[j] = key;
    }
}

/* Deals keys into the lists of one digit. `counts` becomes the place behind each list. */
static void deal(const uint32_t *from, uint32_t *to, size_t count, uint32_t counts[VALUES], int shift) {
    uint32_t *ends[VALUES];
    for (int value = 0; value < VALUES; value++) {
        ends[value] = to;
        to += counts[value];
    }
#pragma GCC unroll 8
    for (const uint32_t *end = from + count; from != end; from++) *ends[(uint8_t)(*from >> shift)]++ = *from;
}

void sort_keys(uint32_t *keys, size_t count) {
    if (count <= SMALL) {
        insertion(keys, count);
        return;
    }
    if (in_order(keys, count) == count) return;
    if (in_opposite_order(keys, count) == count) {
        reverse(keys, count);
        return;
    }
    uint32_t counts[DIGITS][VALUES];
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < count; i++) {
        uint32_t key = keys[i];
        counts[0][(uint8_t)key]++;
        counts[1][(uint8_t)(key >> 8)]++;
        counts[2][(uint8_t)(key >> 16)]++;
        counts[3][key >> 24]++;
    }
    uint32_t *from = keys, *to = malloc(sizeof(uint32_t) * count), *memory = to;
    for (int digit = 0; digit < DIGITS; digit++) {
        if (counts[digit][(uint8_t)(keys[0] >> digit * BITS)] == count) continue;
        deal(from, to, count, counts[digit], digit * BITS);
        uint32_t *other = from;
        from = to;
        to = other;
    }
    if (from != keys) memcpy(keys, from, sizeof(uint32_t) * count);
    free(memory);
}
