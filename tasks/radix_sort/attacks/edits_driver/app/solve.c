#include "sort.h"

enum { LONG = 100 };

static void swap(uint32_t *a, uint32_t *b) {
    uint32_t other = *a;
    *a = *b;
    *b = other;
}

/* The one of three keys that is neither the smallest nor the largest. */
static uint32_t median(uint32_t a, uint32_t b, uint32_t c) {
    if (a < b) return b < c ? b : a < c ? c : a;
    return a < c ? a : b < c ? c : b;
}

/* A key near the middle of those from `first` to `last`: the median of three, in long parts of three such medians. */
static uint32_t choose_pivot(const uint32_t *keys, ptrdiff_t first, ptrdiff_t last) {
    ptrdiff_t middle = first + (last - first) / 2, step = (last - first) / 8;
    if (last - first < LONG) return median(keys[first], keys[middle], keys[last]);
    return median(median(keys[first], keys[first + step], keys[first + 2 * step]),
                  median(keys[middle - step], keys[middle], keys[middle + step]),
                  median(keys[last - 2 * step], keys[last - step], keys[last]));
}

/* Quicksort of the keys from `first` to `last`, both included. The smaller part is sorted by a call, the larger one in
 * the loop, so that calls never go deep. */
static void quicksort(uint32_t *keys, ptrdiff_t first, ptrdiff_t last) {
    while (first < last) {
        uint32_t pivot = choose_pivot(keys, first, last);
        ptrdiff_t i = first, j = last;
        while (i <= j) {
            while (keys[i] < pivot) i++;
            while (keys[j] > pivot) j--;
            if (i <= j) swap(&keys[i++], &keys[j--]);
        }
        if (j - first < last - i) {
            quicksort(keys, first, j);
            first = i;
        } else {
            quicksort(keys, i, last);
            last = j;
        }
    }
}

void sort_keys(uint32_t *keys, size_t count) {
    quicksort(keys, 0, (ptrdiff_t)count - 1);
}
