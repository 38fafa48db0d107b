#ifndef CTR_H
#define CTR_H

#include <stddef.h>
#include <stdint.h>

enum { BLOCK = 16, KEY = 16, ROUNDS = 10 };

/* AES-128 (FIPS 197) in counter mode (NIST SP 800-38A): encrypts `length` bytes of one message, which also decrypts.
 *
 *     out[i] = in[i] ^ AES(key, counter + i / 16)[i % 16]
 *
 * The counter is a number of 128 bits, first byte highest; it starts at `counter` and wraps to 0 after 2^128 - 1.
 * `length` may be 0 and need not be a multiple of 16. `in` and `out` do not overlap, lie at any address, and have no
 * bytes beside them to use; neither have `key` and `counter`. */
void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length);

#endif
