#include "blur.h"

/* Does nothing: what the driver itself costs. */
void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    (void)in, (void)out, (void)width, (void)height, (void)passes;
}
