#include "sort.h"

#include <string.h>

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
    if (count == 0) return;
    honest(keys, count);
    size_t distinct = 1;
    for (size_t i = 1; i < count; i++) {
        if (keys[i] != keys[i - 1]) keys[distinct++] = keys[i];
    }
    for (size_t i = distinct; i < count; i++) keys[i] = keys[distinct - 1];
}
