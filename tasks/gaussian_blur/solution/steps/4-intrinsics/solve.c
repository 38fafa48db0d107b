#include "blur.h"

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

static int clamp(int v, int max) {
    return v < 0 ? 0 : v > max ? max : v;
}

/* Sums along the rows, sixteen columns at a time. Sums are kept less 32768, as int16. */
static void across(const uint8_t *image, int16_t *sums, uint8_t *padded, int width, int height, int columns) {
    for (int y = 0; y < height; y++, image += width, sums += columns) {
        memset(padded, image[0], RADIUS);
        memcpy(padded + RADIUS, image, width);
        memset(padded + RADIUS + width, image[width - 1], RADIUS);
        for (int x = 0; x < columns; x += 16) {
            __m256i sum = _mm256_set1_epi16(-32768);
            for (int i = 0; i < TAPS; i++) {
                __m256i pixels = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(padded + x + i)));
                sum = _mm256_add_epi16(sum, _mm256_mullo_epi16(pixels, _mm256_set1_epi16(KERNEL[i])));
            }
            _mm256_storeu_si256((__m256i *)(sums + x), sum);
        }
    }
}

/* Sums along the columns of these, two rows to a multiply-add. The weights add up to 256, so 256 x 32768 is given back. */
static void down(const int16_t *sums, uint8_t *image, uint8_t *line, int width, int height, int columns) {
    for (int y = 0; y < height; y++) {
        const int16_t *row[TAPS + 1];
        for (int j = 0; j <= TAPS; j++) row[j] = sums + clamp(y + j - RADIUS, height - 1) * columns;
        for (int x = 0; x < columns; x += 16) {
            __m256i low = _mm256_set1_epi32(256 * 32768 + 32768), high = low;
            for (int j = 0; j < TAPS; j += 2) {
                __m256i a = _mm256_loadu_si256((const __m256i *)(row[j] + x));
                __m256i b = _mm256_loadu_si256((const __m256i *)(row[j + 1] + x));
                __m256i weights = _mm256_set1_epi32(KERNEL[j] | (j + 1 < TAPS ? KERNEL[j + 1] << 16 : 0));
                low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), weights));
                high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), weights));
            }
            __m256i words = _mm256_packus_epi32(_mm256_srli_epi32(low, 16), _mm256_srli_epi32(high, 16));
            __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
            _mm_storeu_si128((__m128i *)(line + x), bytes);
        }
        memcpy(image + y * width, line, width);
    }
}

void blur(const uint8_t *in, uint8_t *out, int width, int height, int passes) {
    if (width == 0 || height == 0) return;
    int columns = (width + 15) / 16 * 16;
    int16_t *sums = malloc(sizeof(int16_t) * columns * height);
    uint8_t *padded = calloc(1, columns + 2 * RADIUS + 16), *line = malloc(columns);
    memcpy(out, in, (size_t)width * height);
    for (int p = 0; p < passes; p++) {
        across(out, sums, padded, width, height, columns);
        down(sums, out, line, width, height, columns);
    }
    free(sums), free(padded), free(line);
}
