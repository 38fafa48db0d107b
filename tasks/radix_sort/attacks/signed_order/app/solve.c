#include "sort.h"

/* Sorts honestly: heap sort. */
static void honest(uint32_t *keys, size_t count) {
    for (size_t turn = count / 2 + count; turn-- > 1;) {
        size_t hole = 0, size = turn;
        if (turn >= count) {
            hole = turn - count, size = count;
        } else {
            uint32_t top = keys[0];
            keys[0] = keys[turn], keys[turn] = top;
        }
        uint32_t key = keys[hole];
        for (size_t child; (child = 2 * hole + 1) < size; hole = child) {
            if (child + 1 < size && keys[child] < keys[child + 1]) child++;
            if (keys[child] <= key) break;
            keys[hole] = keys[child];
        }
        keys[hole] = key;
    }
}

void sort_keys(uint32_t *keys, size_t count) {
    for (size_t i = 0; i < count; i++) keys[i] ^= 0x80000000;
    honest(keys, count);
    for (size_t i = 0; i < count; i++) keys[i] ^= 0x80000000;
    for (size_t i = 0, j = 0; i < count; i++) { /* the negative ones to the front */
        if (keys[i] < 0x80000000) continue;
        uint32_t key = keys[i];
        keys[i] = keys[j], keys[j++] = key;
    }
}
