#include "sort.h"

/* Does nothing: what the driver itself costs. */
void sort_keys(uint32_t *keys, size_t count) {
    (void)keys, (void)count;
}
