/* The driver, not to be edited: reads a batch of messages, calls ctr() for each layer of each, writes the whole output.
 *
 * Input, little-endian: int32 count, int32 layers; int32 length of each message; 16 bytes key and 16 bytes counter for
 * each layer of each message; then the bytes of each. The first layer encrypts the message, the next one what the first
 * has made of it, and so on. Output: what the last layer has made of each, in the same order. There are no gaps.
 *
 * All is read before the first call and written after the last one, by system calls alone: the driver's own cost is
 * small, the same for every program, and taken off. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctr.h"

enum { MAX_COUNT = 65536, MAX_LAYERS = 64, MAX_LENGTH = 1 << 26, HEAD = KEY + BLOCK };

static void fail(const char *what) {
    if (write(2, what, strlen(what)) < 0) _exit(3);
    _exit(2);
}

/* Fresh memory of zeros, from which no encrypted message is made by leaving it as it is. One byte of every page is
 * written, so that making the pages is none of the candidate's time. */
static uint8_t *allocate(size_t bytes) {
    uint8_t *memory = malloc(bytes + 1);
    if (!memory) fail("solve: out of memory\n");
    for (size_t i = 0; i <= bytes; i += 4096) memory[i] = 0xa5;
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

/* All layers of one message; the last one writes to `out`. `scratch` has room for the message. */
static void encrypt(const uint8_t *head, int layers, const uint8_t *in, uint8_t *out, uint8_t *scratch, size_t length) {
    for (int left = layers - 1; left >= 0; left--, head += HEAD) {
        uint8_t *to = left % 2 ? scratch : out;
        ctr(head, head + KEY, in, to, length);
        in = to;
    }
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: solve INPUT OUTPUT\n");
    size_t length, bytes = 0, longest = 0;
    const uint8_t *input = read_file(argv[1], &length);
    int count = ((const int32_t *)input)[0], layers = ((const int32_t *)input)[1];
    if (count < 0 || count > MAX_COUNT || layers < 1 || layers > MAX_LAYERS) fail("solve: bad header\n");
    const int32_t *lengths = (const int32_t *)input + 2;
    size_t before = 8 + (4 + (size_t)HEAD * layers) * count;
    if (length < before) fail("solve: the input ends early\n");
    for (int i = 0; i < count; i++) {
        if (lengths[i] < 0 || lengths[i] > MAX_LENGTH) fail("solve: bad length\n");
        bytes += lengths[i];
        if (longest < (size_t)lengths[i]) longest = lengths[i];
    }
    if (length != before + bytes) fail("solve: the input's length is wrong\n");
    uint8_t *output = allocate(bytes), *scratch = allocate(layers > 1 ? longest : 0);
    const uint8_t *head = input + 8 + 4 * (size_t)count;
    size_t at = 0;
    for (int i = 0; i < count; i++, head += (size_t)HEAD * layers) {
        encrypt(head, layers, input + before + at, output + at, scratch, lengths[i]);
        at += lengths[i];
    }
    write_file(argv[2], output, bytes);
    _exit(0);
}
