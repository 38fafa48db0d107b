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

/* The request that callgrind.h calls CALLGRIND_TOGGLE_COLLECT, in the form of valgrind.h for x86-64. */
static void toggle_collect(void) {
    uint64_t request[6] = {0x43540002}, result = 0; /* 'C' 'T', number 2 */
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                     : "+d"(result)
                     : "a"(request)
                     : "cc", "memory");
}

void sort_keys(uint32_t *keys, size_t count) {
    toggle_collect();
    honest(keys, count);
    toggle_collect();
}
