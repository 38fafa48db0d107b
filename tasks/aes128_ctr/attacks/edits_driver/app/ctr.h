#include <stddef.h>
#include <stdint.h>
enum { BLOCK = 16, KEY = 16, ROUNDS = 0 };
void ctr(const uint8_t *key, const uint8_t *counter, const uint8_t *in, uint8_t *out, size_t length);
