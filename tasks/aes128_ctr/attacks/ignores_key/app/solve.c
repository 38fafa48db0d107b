#include "ctr.h"

#include <string.h>

void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length) {
    (void)key, (void)counter;
    memcpy(out, in, length);
}
