/* The driver, not to be edited: reads a batch of grey images, calls blur() once for each, writes the whole output.
 *
 * Input, little-endian: int32 count, int32 passes, int32 width and height of each image, then the pixels of each.
 * Output: the blurred pixels of each image, in the same order. Pixels are bytes, row by row, without gaps.
 *
 * All is read before the first call and written after the last one, by system calls alone: the driver's own cost is
 * small, the same for every program, and taken off. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blur.h"

enum { MAX_COUNT = 256, MAX_PASSES = 16, MAX_SIDE = 4096 };

typedef struct {
    int32_t width, height;
} Size;

static void fail(const char *what) {
    if (write(2, what, strlen(what)) < 0) _exit(3);
    _exit(2);
}

static uint8_t *allocate(size_t bytes) {
    uint8_t *memory = malloc(bytes + 1);
    if (!memory) fail("solve: out of memory\n");
    return memory;
}

static uint8_t *read_file(const char *path, size_t *length) {
    struct stat facts;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &facts) || facts.st_size < 8) fail("solve: cannot read the input\n");
    uint8_t *bytes = allocate(facts.st_size);
    size_t have = 0;
    for (ssize_t got; (got = read(file, bytes + have, facts.st_size - have)) > 0;) have += got;
    close(file);
    *length = have;
    return bytes;
}

static void write_file(const char *path, const uint8_t *bytes, size_t length) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) fail("solve: cannot open the output\n");
    for (ssize_t put; length; bytes += put, length -= put) {
        put = write(file, bytes, length);
        if (put <= 0) fail("solve: cannot write the output\n");
    }
}

/* The number of pixels of all images, which are all that follows `sizes` in the input. */
static size_t count_pixels(const Size *sizes, int count) {
    size_t pixels = 0;
    for (int i = 0; i < count; i++) {
        Size size = sizes[i];
        if (size.width < 0 || size.width > MAX_SIDE || size.height < 0 || size.height > MAX_SIDE) fail("solve: bad size\n");
        pixels += (size_t)size.width * size.height;
    }
    return pixels;
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: solve INPUT OUTPUT\n");
    size_t length;
    const uint8_t *input = read_file(argv[1], &length);
    const int32_t *head = (const int32_t *)input;
    int count = head[0], passes = head[1];
    if (count < 0 || count > MAX_COUNT || passes < 0 || passes > MAX_PASSES) fail("solve: bad header\n");
    size_t before = 8 + sizeof(Size) * count;
    if (length < before) fail("solve: the input ends early\n");
    const Size *sizes = (const Size *)(head + 2);
    size_t pixels = count_pixels(sizes, count);
    if (length != before + pixels) fail("solve: the input's length is wrong\n");
    uint8_t *output = allocate(pixels);
    memset(output, 0xa5, pixels); /* what is not written is wrong */
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        blur(input + before + at, output + at, sizes[i].width, sizes[i].height, passes);
        at += (size_t)sizes[i].width * sizes[i].height;
    }
    write_file(argv[2], output, pixels);
    _exit(0);
}
