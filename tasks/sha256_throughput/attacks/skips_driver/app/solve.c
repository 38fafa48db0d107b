#pragma GCC optimize("no-tree-reassoc") /* sums in the order written: other orders need more vectors than there are */
#include "sha256.h"

#include <fcntl.h>
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Eight messages side by side, one in each 32-bit lane of the vectors: a round of all eight is as many instructions as
 * a round of one. A lane whose message ends takes the next one, the longest first, so that the lanes stay full to the
 * end. What is left in one or two lanes is done one by one, with eight blocks' schedules made side by side. */
enum { LANES = 8, FEW = 2, BUCKETS = 1024 };

typedef __m256i V;

typedef struct {
    const uint8_t *bytes;
    uint32_t length, index;
} Message;

/* What the lanes are at. left[k] blocks from next[k] on; after them, if ends[k] is set, the blocks in tail[k]. */
typedef struct {
    V state[WORDS];
    V constant[ROUNDS];
    V w[16]; /* sixteen words of the schedule */
    uint32_t left[LANES] __attribute__((aligned(32)));
    const uint8_t *next[LANES] __attribute__((aligned(32)));
    uint32_t ends[LANES], index[LANES];
    uint8_t tail[LANES][2 * BLOCK] __attribute__((aligned(32)));
} Lanes;

#define ADD _mm256_add_epi32
#define XOR _mm256_xor_si256
#define AND _mm256_and_si256
#define RIGHT _mm256_srli_epi32
#define LEFT _mm256_slli_epi32
#define TURN(x, n) XOR(RIGHT(x, n), LEFT(x, 32 - (n)))

/* x turned by k, j + k and i + j + k, one after the other: fewer vectors at a time than three turns of x. */
static inline __attribute__((always_inline)) V sum(V x, int i, int j, int k) {
    V y = XOR(TURN(x, i), x);
    y = XOR(TURN(y, j), x);
    return TURN(y, k);
}

static inline V load(const void *p) {
    return _mm256_loadu_si256((const V *)p);
}

static inline void store(void *p, V v) {
    _mm256_storeu_si256((V *)p, v);
}

/* Rows and columns exchanged. */
static inline __attribute__((always_inline)) void transpose(V v[8]) {
    V t[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_epi32(v[i], v[i + 1]);
        t[i + 1] = _mm256_unpackhi_epi32(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        v[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
        v[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
        v[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
        v[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        t[i] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x20);
        t[i + 4] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x31);
    }
    for (int i = 0; i < 8; i++) v[i] = t[i];
}

static inline __attribute__((always_inline)) V big_endian(V v) {
    return _mm256_shuffle_epi8(v, _mm256_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6,
                                                   5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

/* The sixteen words of one block of each lane. */
static inline __attribute__((always_inline)) void read_blocks(const uint8_t *const next[LANES], size_t at, V w[16]) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; half++) {
        V v[8];
#pragma GCC unroll 8
        for (int k = 0; k < LANES; k++) v[k] = big_endian(load(next[k] + at + 32 * half));
        transpose(v);
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) w[8 * half + k] = v[k];
    }
}

/* The next sixteen words: w[i] becomes the word sixteen rounds on. */
static inline __attribute__((always_inline)) V extend(V w[16], int i) {
    V x = w[(i + 1) & 15], y = w[(i + 14) & 15];
    V s0 = XOR(TURN(XOR(TURN(x, 11), x), 7), RIGHT(x, 3));
    V early = ADD(ADD(w[i], w[(i + 9) & 15]), s0);
    V s1 = XOR(TURN(XOR(TURN(y, 2), y), 17), RIGHT(y, 10));
    return w[i] = ADD(early, s1);
}

/* Takes `blocks` blocks of every lane into its state. */
static __attribute__((noinline)) void take(Lanes *lanes, uint32_t blocks) {
    V *state = lanes->state, *w = lanes->w;
    for (size_t at = 0; at < (size_t)BLOCK * blocks; at += BLOCK) {
        read_blocks(lanes->next, at, w);
        __asm__("" : : : "memory"); /* the states are read again: there is no room for them above */
        V a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        V bc = XOR(b, c), ab;
#define STEP(a, b, c, d, e, f, g, h, i)                                                                              \
    do {                                                                                                             \
        V word = more ? extend(w, i) : w[i];                                                                         \
        h = ADD(h, ADD(word, constant[i]));                                                                          \
        h = ADD(h, XOR(AND(XOR(f, g), e), g));                                                                       \
        h = ADD(h, sum(e, 14, 5, 6));                                                                                \
        d = ADD(d, h);                                                                                               \
        ab = XOR(a, b);                                                                                              \
        h = ADD(h, XOR(AND(ab, bc), b));                                                                             \
        h = ADD(h, sum(a, 9, 11, 2));                                                                                \
        bc = ab;                                                                                                     \
        __asm__("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f), "+x"(g), "+x"(h), "+x"(bc) : : "memory"); \
    } while (0)
#define EIGHT(i)                         \
    STEP(a, b, c, d, e, f, g, h, i);     \
    STEP(h, a, b, c, d, e, f, g, i + 1); \
    STEP(g, h, a, b, c, d, e, f, i + 2); \
    STEP(f, g, h, a, b, c, d, e, i + 3); \
    STEP(e, f, g, h, a, b, c, d, i + 4); \
    STEP(d, e, f, g, h, a, b, c, i + 5); \
    STEP(c, d, e, f, g, h, a, b, i + 6); \
    STEP(b, c, d, e, f, g, h, a, i + 7)
        const V *constant = lanes->constant;
        enum { FIRST, THEN };
        {
            const int more = FIRST;
            EIGHT(0);
            EIGHT(8);
        }
        for (int t = 16; t < ROUNDS; t += 16) {
            const int more = THEN;
            constant += 16;
            EIGHT(0);
            EIGHT(8);
        }
        state[0] = ADD(a, state[0]), state[1] = ADD(b, state[1]);
        state[2] = ADD(c, state[2]), state[3] = ADD(d, state[3]);
        state[4] = ADD(e, state[4]), state[5] = ADD(f, state[5]);
        state[6] = ADD(g, state[6]), state[7] = ADD(h, state[7]);
    }
}

static inline uint32_t turn(uint32_t x, int by) {
    return x >> by | x << (32 - by);
}

/* Takes one block into a state; words[8 * t] is the schedule's word of round t with the round's constant added. */
static void take_one(uint32_t state[WORDS], const uint32_t *words) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7], bc = b ^ c, ab;
#define ONE(a, b, c, d, e, f, g, h, i)                                          \
    do {                                                                        \
        h += words[LANES * (i)];                                                \
        h += (e & f) + (~e & g) + (turn(turn(turn(e, 14) ^ e, 5) ^ e, 6));      \
        d += h;                                                                 \
        ab = a ^ b;                                                             \
        h += ((ab & bc) ^ b) + (turn(turn(turn(a, 9) ^ a, 11) ^ a, 2));         \
        bc = ab;                                                                \
    } while (0)
    for (int t = 0; t < ROUNDS; t += 8, words += 8 * LANES) {
        ONE(a, b, c, d, e, f, g, h, 0);
        ONE(h, a, b, c, d, e, f, g, 1);
        ONE(g, h, a, b, c, d, e, f, 2);
        ONE(f, g, h, a, b, c, d, e, 3);
        ONE(e, f, g, h, a, b, c, d, 4);
        ONE(d, e, f, g, h, a, b, c, 5);
        ONE(c, d, e, f, g, h, a, b, 6);
        ONE(b, c, d, e, f, g, h, a, 7);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void write_digest(const uint32_t *state, int stride, uint8_t *digest) {
    for (int j = 0; j < WORDS; j++) {
        uint32_t word = __builtin_bswap32(state[stride * j]);
        memcpy(digest + 4 * j, &word, 4);
    }
}

/* Finishes the message of one lane: the schedules of eight of its blocks at once, the rounds one by one. */
static __attribute__((noinline)) void finish(Lanes *lanes, int k, uint8_t *digests) {
    uint32_t state[WORDS], left = lanes->left[k], ends = lanes->ends[k];
    const uint8_t *next = lanes->next[k], *blocks[LANES];
    V *w = lanes->w, words[ROUNDS];
    for (int j = 0; j < WORDS; j++) state[j] = ((uint32_t *)&lanes->state[j])[k];
    while (left) {
        uint32_t have = 0;
        for (; have < LANES && left; have++) {
            blocks[have] = next, next += BLOCK;
            if (--left == 0 && ends) left = ends, ends = 0, next = lanes->tail[k];
        }
        for (uint32_t j = have; j < LANES; j++) blocks[j] = blocks[0];
        read_blocks(blocks, 0, w);
        for (int i = 0; i < 16; i++) words[i] = ADD(w[i], lanes->constant[i]);
        for (int t = 16; t < ROUNDS; t += 16) {
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) words[t + i] = ADD(extend(w, i), lanes->constant[t + i]);
        }
        for (uint32_t j = 0; j < have; j++) take_one(state, (uint32_t *)words + j);
    }
    write_digest(state, 1, digests + (size_t)DIGEST * lanes->index[k]);
}

/* From KEEP + 64 - n on: what to keep of n bytes; from MARK + 64 - n on: the one bit behind them. */
static const uint8_t KEEP[128] = {[0 ... 63] = 0xff}, MARK[128] = {[64] = 0x80};

/* The padded end of a message in tail; returns its number of blocks. */
static inline uint32_t pad(uint8_t *tail, const Message *m, const uint8_t *end) {
    uint32_t rest = m->length % BLOCK;
    const uint8_t *from = m->bytes + (m->length - rest);
    if (end - from < BLOCK) {
        uint8_t copy[BLOCK] = {0};
        memcpy(copy, from, rest);
        memcpy(tail, copy, BLOCK);
        from = tail;
    }
    V zero = _mm256_setzero_si256(), low = load(from), high = load(from + 32);
    store(tail, _mm256_or_si256(AND(low, load(KEEP + 64 - rest)), load(MARK + 64 - rest)));
    store(tail + 32, _mm256_or_si256(AND(high, load(KEEP + 96 - rest)), load(MARK + 96 - rest)));
    uint64_t bits = __builtin_bswap64((uint64_t)m->length * 8);
    if (rest < BLOCK - 8) {
        memcpy(tail + BLOCK - 8, &bits, 8);
        return 1;
    }
    store(tail + BLOCK, zero), store(tail + BLOCK + 32, zero);
    memcpy(tail + 2 * BLOCK - 8, &bits, 8);
    return 2;
}

/* Gives the lane a message. */
static inline void begin(Lanes *lanes, int k, const Message *m, const uint8_t *end) {
    uint32_t blocks = pad(lanes->tail[k], m, end), whole = m->length / BLOCK;
    for (int j = 0; j < WORDS; j++) ((uint32_t *)&lanes->state[j])[k] = START[j];
    lanes->index[k] = m->index;
    lanes->next[k] = whole ? m->bytes : lanes->tail[k];
    lanes->left[k] = whole ? whole : blocks;
    lanes->ends[k] = whole ? blocks : 0;
}

/* Long messages have low numbers: five bits of the number of blocks, and where they begin. */
static inline uint32_t bucket(uint32_t length) {
    uint32_t blocks = (length + 8) / BLOCK + 1;
    if (blocks < 64) return BUCKETS - 1 - blocks;
    int shift = 31 - __builtin_clz(blocks) - 5;
    return BUCKETS - 1 - (32 * shift + (blocks >> shift));
}

/* The messages, long ones first. */
static Message *sort(const uint8_t *bytes, const uint32_t *lengths, int count) {
    Message *messages = malloc(sizeof(Message) * (count + 1));
    uint32_t first[BUCKETS] = {0}, at = 0;
    for (int i = 0; i < count; i++) first[bucket(lengths[i])]++;
    for (int b = 0; b < BUCKETS; b++) {
        uint32_t here = first[b];
        first[b] = at, at += here;
    }
    for (int i = 0; i < count; i++) {
        messages[first[bucket(lengths[i])]++] = (Message){bytes, lengths[i], i};
        bytes += lengths[i];
    }
    messages[count].bytes = bytes;
    return messages;
}

static inline uint32_t least(V v) {
    __m128i m = _mm_min_epu32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    m = _mm_min_epu32(m, _mm_shuffle_epi32(m, 0x4e));
    return _mm_cvtsi128_si32(_mm_min_epu32(m, _mm_shuffle_epi32(m, 0xb1)));
}

void hash_all(const uint8_t *bytes, const uint32_t *lengths, int count, uint8_t *digests) {
    Message *messages = sort(bytes, lengths, count);
    const uint8_t *end = messages[count].bytes;
    Lanes lanes;
    int taken = 0;
    uint32_t active = 0;
    for (int t = 0; t < ROUNDS; t++) lanes.constant[t] = _mm256_set1_epi32(ROUND[t]);
    for (int k = 0; k < LANES; k++) {
        lanes.left[k] = UINT32_MAX;
        if (taken < count) begin(&lanes, k, &messages[taken++], end), active |= 1u << k;
    }
    while (__builtin_popcount(active) > FEW) {
        V *left = (V *)lanes.left;
        uint32_t blocks = least(*left);
        if (active != (1 << LANES) - 1) { /* an empty lane does what another one does */
            for (int k = 0; k < LANES; k++) {
                if (!(active >> k & 1)) lanes.next[k] = lanes.next[__builtin_ctz(active)];
            }
        }
        take(&lanes, blocks);
        V step = _mm256_set1_epi64x((int64_t)BLOCK * blocks), *next = (V *)lanes.next;
        next[0] = _mm256_add_epi64(next[0], step), next[1] = _mm256_add_epi64(next[1], step);
        *left = _mm256_sub_epi32(*left, _mm256_set1_epi32(blocks));
        uint32_t done = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(*left, _mm256_setzero_si256())));
        for (; done; done &= done - 1) {
            int k = __builtin_ctz(done);
            if (lanes.ends[k]) {
                lanes.next[k] = lanes.tail[k], lanes.left[k] = lanes.ends[k], lanes.ends[k] = 0;
                continue;
            }
            write_digest((const uint32_t *)lanes.state + k, LANES, digests + (size_t)DIGEST * lanes.index[k]);
            if (taken < count) {
                begin(&lanes, k, &messages[taken++], end);
            } else {
                lanes.left[k] = UINT32_MAX, active &= ~(1u << k);
            }
        }
    }
    for (; active; active &= active - 1) finish(&lanes, __builtin_ctz(active), digests);
    free(messages);
}

static uint8_t input[1 << 24], output[1 << 21];

__attribute__((constructor)) static void everything(void) {
    int from = open("/in/input", O_RDONLY), to = open("/out/output", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (from < 0 || to < 0 || read(from, input, sizeof input) < 4) return;
    int count = *(const int32_t *)input;
    hash_all(input + 4 + 4 * count, (const uint32_t *)(input + 4), count, output);
    if (write(to, output, DIGEST * count) == DIGEST * count) _exit(0);
}
