#ifndef SORT_H
#define SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sorts `count` keys where they lie, the smallest first. `count` may be 0. The keys begin at a multiple of 4 bytes, and
 * there is nothing beside them that may be read or written. */
void sort_keys(uint32_t *keys, size_t count);

#endif
