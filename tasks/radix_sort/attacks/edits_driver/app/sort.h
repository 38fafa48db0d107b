#include <stddef.h>
#include <stdint.h>
#define sort_keys(keys, count) sort_keys(uint32_t *unused, size_t none)
