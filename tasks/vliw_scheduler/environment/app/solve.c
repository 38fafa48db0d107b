/* List scheduling: cycle by cycle, every operation that may issue does, in the order of the program. */
#include "schedule.h"

static const int unit[] = {0, 0, 0, 1, 1, 2, 2}; /* by kind: adders, multiplier, memory */
static const int width[] = {2, 1, 1};
static const int busy[] = {1, 1, 1, 1, 5, 1, 1};
static const int latency[] = {1, 1, 1, 3, 6, 3, 1};

/* Whether all that operation i waits for has been there by cycle `now`. */
static int ready(const struct operation *operations, const int *cycle, int i, int now) {
    const struct operation *mine = &operations[i];
    for (int k = 0; k < mine->reads; k++) {
        int other = mine->read[k];
        if (cycle[other] < 0 || cycle[other] + latency[operations[other].kind] > now) return 0;
    }
    for (int other = 0; mine->location >= 0 && other < i; other++) {
        int ordered = mine->kind == STORE || operations[other].kind == STORE;
        if (operations[other].location == mine->location && ordered && (cycle[other] < 0 || cycle[other] >= now)) return 0;
    }
    return 1;
}

void schedule(int n, const struct operation *operations, int *cycle) {
    int blocked[3] = {0};
    for (int now = 0, left = n; left > 0; now++) {
        int taken[3] = {0};
        for (int i = 0; i < n; i++) {
            int mine = unit[operations[i].kind];
            if (cycle[i] >= 0 || taken[mine] == width[mine] || blocked[mine] > now || !ready(operations, cycle, i, now)) continue;
            cycle[i] = now;
            taken[mine]++;
            if (busy[operations[i].kind] > 1) blocked[mine] = now + busy[operations[i].kind];
            left--;
        }
    }
}
