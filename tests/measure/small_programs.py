"""What tests of counting and timing compile and run."""

from collections.abc import Callable

from autolab.measure.program import Program

Build = Callable[..., Program]
"""The fixture `build`: C source and compiler flags in, a program in its own folder out."""

LOOP = r"""
#include <stdio.h>
__attribute__((noinline)) long hot(long n) { long s = 0; for (long i = 0; i < n; i++) s += i * i ^ s; return s; }
__attribute__((noinline)) long mild(long n) { long s = 0; for (long i = 0; i < n / 10; i++) s += i ^ s; return s; }
int main(int c, char **v) {
    FILE *f = fopen(v[1], "rb"); long n = 0;
    if (!f || fscanf(f, "%ld", &n) != 1) return 3;
    fclose(f); f = fopen(v[2], "wb"); fprintf(stderr, "to stderr\n"); printf("to stdout\n");
    fprintf(f, "%ld", hot(n) + mild(n)); return fclose(f);
}
"""
"""Reads a number of rounds, works that long in `hot` and a tenth of it in `mild`."""
