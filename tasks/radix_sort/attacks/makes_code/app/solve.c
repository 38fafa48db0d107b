#define _DEFAULT_SOURCE
#include "sort.h"

#include <string.h>
#include <sys/mman.h>

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
    static const uint8_t identity[] = {0x48, 0x89, 0xf8, 0xc3}; /* mov rax, rdi; ret */
    void *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code, identity, sizeof identity);
    honest(keys, ((size_t (*)(size_t))code)(count));
}
