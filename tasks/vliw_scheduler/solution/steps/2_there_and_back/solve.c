/* Search over orders: each operation in turn at the earliest cycle that has room, from the front, then from the back, and again.
 *
 * A schedule is improved by turning it round (operations in the order of their ends, each as late as it can be) and back;
 * neither makes it longer. The order is then shaken and improved again, until the schedule is as short as the
 * bound or the tries are used up. */
#include <stdint.h>
#include <string.h>

#include "schedule.h"

#define MOST 1000   /* operations */
#define EDGES 16000 /* pairs of operations of which one waits for the other */
#define CYCLES 8192
#define TRIES 1

enum { UNITS = 3 };
static const int unit_of[] = {0, 0, 0, 1, 1, 2, 2}; /* by kind: adders, multiplier, memory */
static const int width[] = {2, 1, 1};
static const int busy_of[] = {1, 1, 1, 1, 5, 1, 1};
static const int latency_of[] = {1, 1, 1, 3, 6, 3, 1};

/* Operations in an order in which each stands behind those that it waits for. One of these is the program, one the program
 * seen from its end, where operation i of n stands at place n - 1 - i. */
struct problem {
    int n, unit[MOST], busy[MOST];
    int least[MOST]; /* the earliest begin, before any waiting */
    int first[MOST + 1], other[EDGES], wait[EDGES];
    int head[MOST]; /* the earliest begin */
};

static struct problem forward, backward;
static uint64_t state;

static uint32_t dice(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

static int later(int a, int b) { return a > b ? a : b; }

static void link_program(int n, const struct operation *operations) {
    int edges = 0;
    forward.n = n;
    for (int i = 0; i < n; i++) {
        const struct operation *mine = &operations[i];
        forward.unit[i] = unit_of[mine->kind];
        forward.busy[i] = busy_of[mine->kind];
        forward.least[i] = 0;
        forward.first[i] = edges;
        for (int k = 0; k < mine->reads; k++) {
            forward.other[edges] = mine->read[k];
            forward.wait[edges++] = latency_of[operations[mine->read[k]].kind];
        }
        for (int before = i - 1; mine->location >= 0 && before >= 0; before--) {
            if (operations[before].location != mine->location) continue;
            if (mine->kind == STORE || operations[before].kind == STORE) {
                forward.other[edges] = before;
                forward.wait[edges++] = 1;
            }
            if (operations[before].kind == STORE) break;
        }
    }
    forward.first[n] = edges;
}

/* From the end, an operation begins when it leaves its unit. */
static void turn_round(const struct operation *operations) {
    int n = backward.n = forward.n, edges = 0;
    for (int place = 0; place < n; place++) {
        int i = n - 1 - place;
        backward.unit[place] = forward.unit[i];
        backward.busy[place] = forward.busy[i];
        backward.least[place] = latency_of[operations[i].kind] - forward.busy[i];
        backward.first[place] = edges;
        for (int j = i + 1; j < n; j++) {
            for (int e = forward.first[j]; e < forward.first[j + 1]; e++) {
                if (forward.other[e] != i) continue;
                backward.other[edges] = n - 1 - j;
                backward.wait[edges++] = forward.wait[e] + forward.busy[j] - forward.busy[i];
            }
        }
    }
    backward.first[n] = edges;
}

/* The most of h + time / width + t over the operations of a unit with heads from h on and t cycles left from then on. */
static int unit_bound(int count, const int *head, const int *left, const int *busy, int wide) {
    static int sum[CYCLES]; /* zero between calls */
    int found = 0;
    for (int a = 0; a < count; a++) {
        int most = 0, total = 0;
        for (int b = 0; b < count; b++) {
            if (head[b] < head[a]) continue;
            sum[left[b]] += busy[b];
            most = later(most, left[b]);
        }
        for (int t = most; t >= 0; t--) {
            total += sum[t];
            if (sum[t]) found = later(found, head[a] + (total + wide - 1) / wide + t);
            sum[t] = 0;
        }
    }
    return found;
}

static void find_heads(struct problem *p) {
    static int away[MOST];
    int head[MOST], left[MOST], busy[MOST];
    for (int i = 0; i < p->n; i++) {
        int earliest = p->least[i];
        memset(away, -1, sizeof away[0] * (size_t)p->n);
        away[i] = 0;
        for (int j = i; j >= 0; j--) {
            for (int e = p->first[j]; away[j] >= 0 && e < p->first[j + 1]; e++) {
                away[p->other[e]] = later(away[p->other[e]], away[j] + p->wait[e]);
            }
        }
        for (int j = 0; j < i; j++) {
            if (away[j] >= 0) earliest = later(earliest, p->head[j] + away[j]);
        }
        for (int unit = 0; unit < UNITS; unit++) {
            int count = 0;
            for (int j = 0; j < i; j++) {
                if (away[j] < 0 || p->unit[j] != unit || away[j] < p->busy[j]) continue;
                head[count] = p->head[j];
                left[count] = away[j] - p->busy[j];
                busy[count++] = p->busy[j];
            }
            if (count > width[unit]) earliest = later(earliest, unit_bound(count, head, left, busy, width[unit]));
        }
        p->head[i] = earliest;
    }
}

static int bound(void) {
    int n = forward.n, found = 0;
    int head[MOST], left[MOST], busy[MOST];
    for (int unit = 0; unit < UNITS; unit++) {
        int count = 0;
        for (int i = 0; i < n; i++) {
            found = later(found, forward.head[i] + forward.busy[i] + backward.head[n - 1 - i]);
            if (forward.unit[i] != unit) continue;
            head[count] = forward.head[i];
            left[count] = backward.head[n - 1 - i];
            busy[count++] = forward.busy[i];
        }
        found = later(found, unit_bound(count, head, left, busy, width[unit]));
    }
    return found;
}

/* Puts each operation, in the order of `key`, lowest first, as early as it fits; gives the end of the last one. An
 * operation whose key comes too early waits for those before it. */
static int place_all(const struct problem *p, const int *key, int *begin) {
    static unsigned char used[UNITS][CYCLES];
    int order[MOST], end = 0;
    int done[MOST];
    memset(used, 0, sizeof used);
    memset(done, 0, sizeof done[0] * (size_t)p->n);
    for (int i = 0; i < p->n; i++) {
        int at = i;
        for (; at > 0 && key[order[at - 1]] > key[i]; at--) order[at] = order[at - 1];
        order[at] = i;
    }
    for (int left = p->n; left > 0;) {
        for (int at = 0; at < p->n; at++) {
            int i = order[at], earliest = p->least[i], open = done[i];
            for (int e = p->first[i]; !open && e < p->first[i + 1]; e++) {
                open = !done[p->other[e]];
                earliest = later(earliest, begin[p->other[e]] + p->wait[e]);
            }
            if (open) continue;
            for (int t = earliest, k = 0; k < p->busy[i]; t++) {
                k = used[p->unit[i]][t] < width[p->unit[i]] ? k + 1 : 0;
                earliest = t - p->busy[i] + 1;
            }
            for (int k = 0; k < p->busy[i]; k++) used[p->unit[i]][earliest + k]++;
            begin[i] = earliest;
            end = later(end, earliest + p->busy[i]);
            done[i] = 1;
            left--;
        }
    }
    return end;
}

/* Turns a schedule round and back until that makes it no shorter; gives its length. */
static int justify(int length, int *begin) {
    int n = forward.n, key[MOST], turned[MOST];
    for (;;) {
        for (int i = 0; i < n; i++) key[n - 1 - i] = -(begin[i] + forward.busy[i]);
        int end = place_all(&backward, key, turned);
        for (int i = 0; i < n; i++) key[i] = end - turned[n - 1 - i] - forward.busy[i];
        place_all(&forward, key, begin);
        int again = 0;
        for (int i = 0; i < n; i++) again = later(again, begin[i] + forward.busy[i] + backward.least[n - 1 - i]);
        if (again >= length) return again;
        length = again;
    }
}

void schedule(int n, const struct operation *operations, int *cycle) {
    static int key[MOST], begin[MOST], current[MOST];
    state = 1;
    link_program(n, operations);
    turn_round(operations);
    find_heads(&forward);
    find_heads(&backward);
    int least = bound(), best = 1 << 20, now = 1 << 20;
    for (int i = 0; i < n; i++) key[i] = -backward.head[n - 1 - i] - forward.busy[i];
    for (int tries = 0; tries < TRIES && best > least; tries++) {
        place_all(&forward, key, begin);
        int length = justify(1 << 20, begin);
        if (length <= now || dice(200) == 0) {
            now = length;
            memcpy(current, begin, sizeof current[0] * (size_t)n);
        }
        if (length < best) {
            best = length;
            memcpy(cycle, begin, sizeof cycle[0] * (size_t)n);
        }
        int strong = 1 + (int)dice(12);
        for (int i = 0; i < n; i++) key[i] = 4 * current[i] + (dice(4) ? 0 : (int)dice((uint32_t)(8 * strong)) - 4 * strong);
    }
}
