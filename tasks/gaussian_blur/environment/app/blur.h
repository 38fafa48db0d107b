#ifndef BLUR_H
#define BLUR_H

#include <stdint.h>

enum { RADIUS = 8, TAPS = 2 * RADIUS + 1 };

/* Gaussian weights, sigma 3, in 1/256: they add up to 256. Not to be edited. */
static const uint8_t KERNEL[TAPS] = {1, 2, 5, 9, 14, 21, 27, 32, 34, 32, 27, 21, 14, 9, 5, 2, 1};

/* Blurs an image of width x height bytes, row by row without gaps, `passes` times. Each pass makes of every pixel
 *
 *     (sum over j, i in 0..16 of KERNEL[j] * KERNEL[i] * pixel(x + i - 8, y + j - 8) + 32768) / 65536, rounded down,
 *
 * where pixel() clamps its coordinates to the image, and the next pass starts from these bytes. No passes: a copy.
 * Either side may be 0. `in` and `out` do not overlap, lie at any address, and have no bytes beside them to use. */
void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes);

#endif
