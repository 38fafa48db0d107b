/* Reads programs, has each scheduled, writes the bundles. Supplied by the judge; not editable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule.h"

#define MOST_OPERATIONS 1000
#define MOST_CYCLES 4096

static const char *const names[] = {"add", "sub", "xor", "mul", "div", "load", "store"};

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static struct operation next(FILE *from) {
    char name[8];
    struct operation found = {.location = -1};
    if (fscanf(from, "%7s", name) != 1) fail("the input ends early");
    while (strcmp(name, names[found.kind])) {
        if (++found.kind > STORE) fail("not an operation");
    }
    found.reads = found.kind == LOAD ? 0 : found.kind == STORE ? 1 : 2;
    if (found.kind >= LOAD && fscanf(from, "%d", &found.location) != 1) fail("no location");
    for (int i = 0; i < found.reads; i++) {
        if (fscanf(from, "%d", &found.read[i]) != 1) fail("no operand");
    }
    return found;
}

static void write_bundles(FILE *to, int n, const int *cycle) {
    int last = -1;
    for (int i = 0; i < n; i++) {
        if (cycle[i] < 0 || cycle[i] >= MOST_CYCLES) fail("schedule() gave a cycle outside 0 to 4095");
        if (cycle[i] > last) last = cycle[i];
    }
    fprintf(to, "schedule\n");
    for (int at = 0; at <= last; at++) {
        int written = 0;
        for (int i = 0; i < n; i++) {
            if (cycle[i] == at) fprintf(to, written++ ? " %d" : "%d", i);
        }
        fprintf(to, written ? "\n" : "-\n");
    }
}

int main(int argc, char **argv) {
    static struct operation operations[MOST_OPERATIONS];
    static int cycle[MOST_OPERATIONS];
    if (argc != 3) fail("usage: solve INPUT OUTPUT");
    FILE *from = fopen(argv[1], "r"), *to = fopen(argv[2], "w");
    int programs, n;
    if (!from || !to || fscanf(from, "programs %d", &programs) != 1) fail("no input or no output");
    while (programs-- > 0) {
        if (fscanf(from, " program %d", &n) != 1 || n < 0 || n > MOST_OPERATIONS) fail("no program");
        for (int i = 0; i < n; i++) {
            operations[i] = next(from);
            cycle[i] = -1;
        }
        schedule(n, operations, cycle);
        write_bundles(to, n, cycle);
    }
    return fclose(to) ? 1 : 0;
}
