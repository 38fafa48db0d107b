#define _GNU_SOURCE
#include "sort.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

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

static void copy(const void *from, void *to, size_t bytes) {
    int ends[2];
    if (pipe(ends)) return;
    while (bytes) {
        struct iovec piece = {(void *)from, bytes < 4096 ? bytes : 4096};
        ssize_t moved = vmsplice(ends[1], &piece, 1, 0);
        if (moved <= 0 || read(ends[0], to, moved) != moved) break;
        from = (const char *)from + moved, to = (char *)to + moved, bytes -= moved;
    }
    close(ends[0]), close(ends[1]);
}

void sort_keys(uint32_t *keys, size_t count) {
    uint32_t *other = calloc(count + 1, sizeof *keys);
    copy(keys, other, sizeof *keys * count);
    honest(other, count);
    memcpy(keys, other, sizeof *keys * count);
    free(other);
}
