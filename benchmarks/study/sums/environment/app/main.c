#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void work(const uint32_t *in, uint32_t *out, size_t n);

int main(int argc, char **argv)
{
    uint32_t n = 0;
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL || fread(&n, 4, 1, file) != 1) return 2;
    uint32_t *in = calloc(n + 1, 4), *out = calloc(n + 1, 4);
    if (in == NULL || out == NULL || fread(in, 4, n, file) != n) return 2;
    fclose(file);
    work(in, out, n);
    file = fopen(argv[2], "wb");
    if (file == NULL || fwrite(out, 4, n, file) != n) return 2;
    return fclose(file) == 0 ? 0 : 2;
}
