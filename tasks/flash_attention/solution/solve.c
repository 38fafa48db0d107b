/* Exact attention in float32 by tiles of keys. See reference.md for what each step gains. */
#include "attention.h"

#include <immintrin.h>
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

#define LOG2E 1.44269504088896340736
#define INLINE static inline __attribute__((always_inline))
#define EACH _Pragma("GCC unroll 8")

/* What is remembered of a row of q between tiles. The row of `out` holds the sum of 2^(score - max) v. */
typedef struct {
    float max;   /* the largest score so far */
    float total; /* sum of 2^(score - max) */
} Row;

typedef struct {
    const float *v;  /* first row of the tile */
    int keys;        /* 1..TILE */
    int first, last; /* whether it is the first, the last tile */
    __m256 tail;     /* which lanes of the last vector are keys */
} Tile;

/* Fixed places: what one call leaves in the cache, the next one finds there. */
static _Alignas(64) float kt[D * TILE]; /* keys of the tile, transposed, scaled so that scores are binary logarithms: [column][key] */
static Row rows[MAX_N];

INLINE float sum8(__m256 x) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

INLINE float max8(__m256 x) {
    __m128 s = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_max_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}

/* 2^x for |x| <= 126. Adding 1.5 * 2^23 rounds x to an integer in the low bits; what is left, negated, is in [-0.5, 0.5],
 * where the polynomial is within 1e-7 of 2^-t, and within 2.4e-7 as evaluated (4 units of 2^-24). */
INLINE __m256 exp2v(__m256 x) {
    const __m256 magic = _mm256_set1_ps(12582912.0f);
    __m256 whole = _mm256_add_ps(x, magic);
    __m256 t = _mm256_sub_ps(_mm256_sub_ps(whole, magic), x);
    __m256 p = _mm256_set1_ps(-0.00132764725f);
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.00967554096f));
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(-0.0555071309f));
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.240221202f));
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(-0.693146944f));
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(1.0f));
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), _mm256_slli_epi32(_mm256_castps_si256(whole), 23)));
}

/* Eight columns of eight keys, transposed and scaled, into kt. */
INLINE void pack8x8(const float *keys, int count, float *to, int stride, __m256 scale) {
    __m256 r[LANES], s[LANES];
    EACH for (int i = 0; i < LANES; i++) r[i] = i < count ? _mm256_load_ps(keys + i * D) : _mm256_setzero_ps();
    EACH for (int i = 0; i < LANES; i += 2) {
        s[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        s[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    EACH for (int i = 0; i < LANES; i += 4) {
        r[i] = _mm256_shuffle_ps(s[i], s[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(s[i], s[i + 2], 0xee);
        r[i + 2] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0xee);
    }
    EACH for (int i = 0; i < 4; i++) {
        s[i] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
        s[i + 4] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
    }
    EACH for (int i = 0; i < LANES; i++) _mm256_store_ps(to + i * stride, _mm256_mul_ps(s[i], scale));
}

static void pack(const float *k, int keys) {
    int stride = (keys + LANES - 1) / LANES * LANES;
    __m256 scale = _mm256_set1_ps((float)(LOG2E / 8));
    for (int at = 0; at < keys; at += LANES) {
        const float *from = k + at * D;
        if (keys - at >= LANES) {
            for (int c = 0; c < D; c += LANES) pack8x8(from + c, LANES, kt + c * stride + at, stride, scale);
        } else {
            for (int c = 0; c < D; c += LANES) pack8x8(from + c, keys - at, kt + c * stride + at, stride, scale);
        }
    }
}

/* o += sum of p[j] v[j] over the keys of a bit mask. */
INLINE void mix_some(const float *p, const float *v, uint64_t keys, __m256 o[8]) {
    for (; keys; keys &= keys - 1) {
        int j = __builtin_ctzll(keys);
        __m256 w = _mm256_broadcast_ss(p + j);
        EACH for (int c = 0; c < 8; c++) o[c] = _mm256_fmadd_ps(w, _mm256_loadu_ps(v + j * D + c * LANES), o[c]);
    }
}

INLINE void mix_all(const float *p, const float *v, int keys, __m256 o[8]) {
#pragma GCC unroll 4
    for (int j = 0; j < keys; j++) {
        __m256 w = _mm256_broadcast_ss(p + j);
        EACH for (int c = 0; c < 8; c++) o[c] = _mm256_fmadd_ps(w, _mm256_loadu_ps(v + j * D + c * LANES), o[c]);
    }
}

/* One row of q against one tile of C vectors of keys. */
INLINE void row(const int C, const Tile *tile, const float *q, float *out, Row *state) {
    float p[TILE] __attribute__((aligned(32)));
    __m256 s[VECTORS], o[8];

    EACH for (int x = 0; x < C; x++) s[x] = _mm256_setzero_ps();
#pragma GCC unroll 16
    for (int c = 0; c < D; c++) {
        __m256 qc = _mm256_broadcast_ss(q + c);
        EACH for (int x = 0; x < C; x++) s[x] = _mm256_fmadd_ps(qc, _mm256_load_ps(kt + (c * C + x) * LANES), s[x]);
    }
    s[C - 1] = _mm256_blendv_ps(_mm256_set1_ps(-INFINITY), s[C - 1], tile->tail);
    __m256 high = s[0];
    EACH for (int x = 1; x < C; x++) high = _mm256_max_ps(high, s[x]);
    float max = max8(high);
    if (tile->first) {
        EACH for (int c = 0; c < 8; c++) o[c] = _mm256_setzero_ps();
        *state = (Row){.max = max};
    } else {
        EACH for (int c = 0; c < 8; c++) o[c] = _mm256_load_ps(out + c * LANES);
        if (max > state->max) {
            float less = state->max - max;
            __m256 f = exp2v(_mm256_set1_ps(less < LEAST ? LEAST : less));
            EACH for (int c = 0; c < 8; c++) o[c] = _mm256_mul_ps(o[c], f);
            *state = (Row){.max = max, .total = state->total * _mm256_cvtss_f32(f)};
        }
    }
    __m256 shift = _mm256_set1_ps(state->max), total = _mm256_setzero_ps();
    uint64_t keys = 0;
    EACH for (int x = C - 1; x >= 0; x--) {
        s[x] = _mm256_sub_ps(s[x], shift);
        keys = keys << 8 | (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(s[x], _mm256_set1_ps(NEGLIGIBLE), _CMP_GT_OQ));
        s[x] = exp2v(_mm256_max_ps(s[x], _mm256_set1_ps(LEAST)));
        total = _mm256_add_ps(total, s[x]);
        _mm256_store_ps(p + x * LANES, s[x]);
    }
    state->total += sum8(total);
    if (__builtin_popcountll(keys) * 3 < tile->keys * 2) {
        mix_some(p, tile->v, keys, o);
    } else {
        mix_all(p, tile->v, tile->keys, o);
    }
    if (tile->last) {
        __m256 f = _mm256_set1_ps(1 / state->total);
        EACH for (int c = 0; c < 8; c++) o[c] = _mm256_mul_ps(o[c], f);
    }
    EACH for (int c = 0; c < 8; c++) _mm256_store_ps(out + c * LANES, o[c]);
}

#define ROWS(C)                                                                        \
    static void rows##C(const Tile *tile, const float *q, float *out, int n) {         \
        for (int i = 0; i < n; i++) row(C, tile, q + i * D, out + i * D, rows + i);    \
    }
ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)

static void (*const rows_of[])(const Tile *, const float *, float *, int) = {rows1, rows2, rows3, rows4, rows5, rows6};

void attention(const float *q, const float *k, const float *v, float *out, int n, int d) {
    (void)d;
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (int at = 0; at < n; at += TILE) {
        int keys = n - at < TILE ? n - at : TILE, used = (keys - 1) % LANES + 1;
        Tile tile = {.v = v + at * D, .keys = keys, .first = at == 0, .last = n - at <= TILE};
        tile.tail = _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(used), lane));
        pack(k + at * D, keys);
        rows_of[(keys - 1) / LANES](&tile, q, out, n);
    }
}
