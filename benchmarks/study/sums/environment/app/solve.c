#include <stddef.h>
#include <stdint.h>

void work(const uint32_t *in, uint32_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t sum = 0;
        for (size_t j = i < 255 ? 0 : i - 255; j <= i; j++)
            sum += in[j];
        out[i] = sum;
    }
}
