#include <stdint.h>
enum { BLOCK = 64, DIGEST = 32, ROUNDS = 1, WORDS = 8 };
static const uint32_t START[WORDS], ROUND[ROUNDS];
void hash_all(const uint8_t *bytes, const uint32_t *lengths, int count, uint8_t *digests);
