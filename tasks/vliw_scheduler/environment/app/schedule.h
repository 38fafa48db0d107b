/* What solve.c gets and gives. machine.md has the rules. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

enum kind { ADD, SUB, XOR, MUL, DIV, LOAD, STORE };

struct operation {
    enum kind kind;
    int reads;    /* how many operands: 2, of a load 0, of a store 1 */
    int read[2];  /* the operations whose results they are, each before this one */
    int location; /* of a load or a store; else -1 */
};

/* Writes to cycle[i], for each of the n operations, the cycle in which operation i issues. */
void schedule(int n, const struct operation *operations, int *cycle);

#endif
