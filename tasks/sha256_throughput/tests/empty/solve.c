#include "sha256.h"

/* Does nothing: what the driver itself costs. */
void hash_all(const uint8_t *bytes, const uint32_t *lengths, int count, uint8_t *digests) {
    (void)bytes, (void)lengths, (void)count, (void)digests;
}
