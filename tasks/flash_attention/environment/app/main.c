/* The driver, not to be edited: reads a batch of attention problems, calls attention() once for each, writes the whole output.
 *
 * Input, little-endian: int32 count, int32 d, int32 n[count], then for each problem its q, k and v, n*d float32 each.
 * Output: for each problem n*d float32. Matrices are row-major and start on a multiple of 64 bytes.
 *
 * One problem after the other is read, solved and written, in the same memory, by system calls alone: the driver's own cost
 * is small, the same for every program, and taken off. It touches no number, neither of the input nor of the output. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "attention.h"

enum { MAX_COUNT = 64, MAX_N = 4096, MAX_D = 64, PAGE = 4096 };

static _Alignas(PAGE) float input[3 * MAX_N * MAX_D]; /* q, k and v, one after the other, as in the file */
static _Alignas(PAGE) float output[MAX_N * MAX_D];    /* zeros at first, then what the problem before has left */

static void fail(const char *what) {
    if (write(2, what, strlen(what)) < 0) _exit(3);
    _exit(2);
}

static void read_exactly(int file, void *into, size_t bytes) {
    char *at = into;
    for (ssize_t got; bytes; at += got, bytes -= got) {
        got = read(file, at, bytes);
        if (got <= 0) fail("solve: the input ends early\n");
    }
}

static void write_exactly(int file, const void *from, size_t bytes) {
    const char *at = from;
    for (ssize_t put; bytes; at += put, bytes -= put) {
        put = write(file, at, bytes);
        if (put <= 0) fail("solve: cannot write the output\n");
    }
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: solve INPUT OUTPUT\n");
    int in = open(argv[1], O_RDONLY), out = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (in < 0 || out < 0) fail("solve: cannot open the input or the output\n");
    int32_t head[2], sizes[MAX_COUNT];
    read_exactly(in, head, sizeof head);
    int count = head[0], d = head[1];
    if (count < 0 || count > MAX_COUNT || d < 1 || d > MAX_D || d % 16) fail("solve: bad header\n");
    read_exactly(in, sizes, count * sizeof *sizes);
    for (int i = 0; i < count; i++) {
        int n = sizes[i];
        if (n < 0 || n > MAX_N) fail("solve: bad size\n");
        size_t elements = (size_t)n * d;
        read_exactly(in, input, 3 * elements * sizeof *input);
        attention(input, input + elements, input + 2 * elements, output, n, d);
        write_exactly(out, output, elements * sizeof *output);
    }
    _exit(0);
}
