#include "ctr.h"

/* Does nothing: what the driver itself costs. */
void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length) {
    (void)key, (void)counter, (void)in, (void)out, (void)length;
}
