/* The driver, not to be edited: reads a batch of arrays, calls sort_keys() once for each, writes the whole output.
 *
 * Input, little-endian: uint32 number of arrays, uint32 length of each, then the keys of each, uint32.
 * Output: the keys of each array, sorted, in the same order of arrays.
 *
 * All is read before the first call and written after the last one, by system calls alone: the driver's own cost is
 * small, the same for every program, and taken off. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sort.h"

enum { MAX_ARRAYS = 4096, MAX_LENGTH = 1 << 24 };

static void fail(const char *what) {
    if (write(2, what, strlen(what)) < 0) _exit(3);
    _exit(2);
}

static uint32_t *read_file(const char *path, size_t *length) {
    struct stat facts;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &facts) || facts.st_size < 4) fail("solve: cannot read the input\n");
    char *bytes = malloc(facts.st_size);
    if (!bytes) fail("solve: out of memory\n");
    size_t have = 0;
    for (ssize_t got; (got = read(file, bytes + have, facts.st_size - have)) > 0;) have += got;
    close(file);
    *length = have;
    return (uint32_t *)bytes;
}

static void write_file(const char *path, const void *keys, size_t length) {
    const char *bytes = keys;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) fail("solve: cannot open the output\n");
    for (ssize_t put; length; bytes += put, length -= put) {
        put = write(file, bytes, length);
        if (put <= 0) fail("solve: cannot write the output\n");
    }
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: solve INPUT OUTPUT\n");
    size_t length, total = 0;
    uint32_t *input = read_file(argv[1], &length);
    size_t arrays = input[0];
    if (arrays > MAX_ARRAYS || length < 4 + 4 * arrays) fail("solve: bad header\n");
    const uint32_t *lengths = input + 1;
    for (size_t i = 0; i < arrays; i++) {
        if (lengths[i] > MAX_LENGTH) fail("solve: bad length\n");
        total += lengths[i];
    }
    if (length != 4 + 4 * arrays + 4 * total) fail("solve: the input's length is wrong\n");
    uint32_t *keys = input + 1 + arrays;
    size_t at = 0;
    for (size_t i = 0; i < arrays; i++) {
        sort_keys(keys + at, lengths[i]);
        at += lengths[i];
    }
    write_file(argv[2], keys, 4 * total);
    _exit(0);
}
