/* List scheduling: cycle by cycle, every operation that may issue does, those with the longest way to the end first. */
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
    int blocked[3] = {0}, tail[1000];
    for (int i = n - 1; i >= 0; i--) {
        tail[i] = latency[operations[i].kind];
        for (int j = i + 1; j < n; j++) {
            for (int k = 0; k < operations[j].reads; k++) {
                int through = latency[operations[i].kind] + tail[j];
                if (operations[j].read[k] == i && through > tail[i]) tail[i] = through;
            }
            if (operations[j].location < 0 || operations[j].location != operations[i].location) continue;
            if (1 + tail[j] > tail[i]) tail[i] = 1 + tail[j];
        }
    }
    for (int now = 0, left = n; left > 0; now++) {
        int taken[3] = {0};
        for (int best = 0; best >= 0;) {
            best = -1;
            for (int i = 0; i < n; i++) {
                int mine = unit[operations[i].kind];
                if (cycle[i] >= 0 || taken[mine] == width[mine] || blocked[mine] > now || !ready(operations, cycle, i, now)) continue;
                if (best < 0 || tail[i] > tail[best]) best = i;
            }
            if (best < 0) break;
            int mine = unit[operations[best].kind];
            cycle[best] = now;
            taken[mine]++;
            if (busy[operations[best].kind] > 1) blocked[mine] = now + busy[operations[best].kind];
            left--;
        }
    }
}
