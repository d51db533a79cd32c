#include "record/share_sum.h"
#include "base/os.h"

#include <string.h>

#define WHOLE ((size_t)48 << 10)
#define ENDS ((size_t)16 << 10)
#define WINDOWS 64u
#define WINDOW ((size_t)256)
#define TAIL ((size_t)4096)
#define COPY ((size_t)1024)

struct hasher {
    uint64_t state;
    bool direct;
    bool failed;
};

static CSAN_ALWAYS_INLINE uint64_t fold(uint64_t a, uint64_t b)
{
    __uint128_t r = (__uint128_t)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static CSAN_ALWAYS_INLINE uint64_t word_at(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Any numbers, no two alike, as random as any: where a word is decides what it is mixed with. */
static const uint64_t secrets[16] = {
    0x200adc7da1752cb5u, 0x4b8c5ce37528cce7u, 0x450cc2b70cfba1d5u, 0xb020cbe744de2389u,
    0xfb18aa04cdba67d3u, 0xb7198ed8064bce75u, 0xd3f8b238b14d0539u, 0x9aa8045d622af0d5u,
    0x3fa49f5b5fb0f8e5u, 0x5b2e610865c9a277u, 0xba32d1642768e393u, 0x642abd4612ee160bu,
    0x7227c828cab04b0du, 0xb54b3751d0882bf9u, 0xf9f1d4709de4aa85u, 0x6489fb12a65348b3u,
};

/* Sixteen bytes, by themselves: what is summed need not wait for what was before. */
static CSAN_ALWAYS_INLINE __uint128_t mix(const char *p, unsigned at)
{
    return (__uint128_t)(word_at(p) ^ secrets[at]) * (word_at(p + 8) ^ secrets[at + 1]);
}

/* Up to so many bytes: most entries are short. */
#define SHORT ((size_t)128)

/* From both ends to the middle, where pieces may overlap: no loop, and no odd bytes. */
static CSAN_ALWAYS_INLINE uint64_t hash_short(const char *p, size_t n)
{
    __uint128_t h;
    const char *end = p + n;
    if (CSAN_LIKELY(n >= 16)) {
        h = mix(p, 0) + mix(end - 16, 2);
        if (n > 32)
            h += mix(p + 16, 4) + mix(end - 32, 6);
        if (n > 64)
            h += mix(p + 32, 8) + mix(end - 48, 10);
        if (n > 96)
            h += mix(p + 48, 12) + mix(end - 64, 14);
    } else {
        uint64_t few[2] = {0, n};
        memcpy(few, p, n < 8 ? n : 8);
        if (n >= 8)
            few[1] ^= word_at(end - 8);
        h = mix((const char *)few, 0);
    }
    return (uint64_t)h ^ (uint64_t)(h >> 64);
}

static uint64_t hash(uint64_t seed, const char *p, size_t n)
{
    if (n <= SHORT)
        return fold(hash_short(p, n) ^ seed, secrets[2]);
    uint64_t a = seed ^ secrets[0], b = seed ^ secrets[1], c = seed ^ secrets[2],
             d = seed ^ secrets[3];
    const char *end = p + n;
    for (bool last = false; !last; p += 64) {
        last = p + 64 >= end;
        p = last ? end - 64 : p;
        a = fold(word_at(p) ^ secrets[4], word_at(p + 8) ^ a);
        b = fold(word_at(p + 16) ^ secrets[5], word_at(p + 24) ^ b);
        c = fold(word_at(p + 32) ^ secrets[6], word_at(p + 40) ^ c);
        d = fold(word_at(p + 48) ^ secrets[7], word_at(p + 56) ^ d);
    }
    return fold(a, b ^ n) ^ fold(c ^ secrets[8], d);
}

static void add_piece(struct hasher *h, uintptr_t lo, uintptr_t hi)
{
    char copy[COPY];
    if (h->direct) {
        h->state = hash(h->state, (const char *)lo, hi - lo);
        return;
    }
    while (lo < hi && !h->failed) {
        size_t n = hi - lo < COPY ? hi - lo : COPY;
        h->failed = csan__os_read_memory(copy, (const void *)lo, n) != n;
        h->state = h->failed ? 0 : hash(h->state, copy, n);
        lo += n;
    }
}

/* [from, to) of the item, but for the holes. */
static void add(struct hasher *h, const struct share_item *i, size_t from, size_t to)
{
    for (const struct share_hole *hole = i->holes; hole && hole->at < to; hole = hole->next) {
        if (hole->at + hole->bytes <= from)
            continue;
        if (hole->at > from)
            add_piece(h, i->lo + from, i->lo + hole->at);
        from = hole->at + hole->bytes;
    }
    if (from < to)
        add_piece(h, i->lo + from, i->lo + to);
}

static size_t tail_of(const struct share_item *i)
{
    size_t n = i->heap && !i->fixed && i->room > i->bytes ? i->room - i->bytes : 0;
    return n < TAIL ? n : TAIL;
}

size_t csan__share_sum_cost(const struct share_item *i)
{
    size_t body = i->bytes <= WHOLE ? i->bytes : 2 * ENDS + WINDOWS * WINDOW;
    return body + tail_of(i);
}

static CSAN_ALWAYS_INLINE bool is_plain(const struct share_item *i)
{
    return i->heap && !i->holes && (i->room == i->bytes || i->fixed);
}

static bool sum_long(const struct share_item *i, uint64_t *body, uint64_t *tail)
{
    if (is_plain(i) && i->bytes <= WHOLE) {
        *body = hash(i->bytes, (const char *)i->lo, i->bytes);
        *tail = 0;
        return true;
    }
    struct hasher h = {.state = i->bytes, .direct = i->heap};
    if (i->bytes <= WHOLE) {
        add(&h, i, 0, i->bytes);
    } else {
        add(&h, i, 0, ENDS);
        size_t step = (i->bytes - 2 * ENDS) / WINDOWS;
        for (size_t w = 0; w < WINDOWS; w++)
            add(&h, i, ENDS + w * step, ENDS + w * step + WINDOW);
        add(&h, i, i->bytes - ENDS, i->bytes);
    }
    *body = h.state;
    h.state = 0;
    if (tail_of(i))
        add_piece(&h, i->lo + i->bytes, i->lo + i->bytes + tail_of(i));
    *tail = h.state;
    return !h.failed;
}

static CSAN_ALWAYS_INLINE bool is_short(const struct share_item *i)
{
    return CSAN_LIKELY(i->bytes <= SHORT && is_plain(i));
}

static CSAN_NOINLINE void arm_long(struct share_item *i)
{
    i->armed = sum_long(i, &i->sum, &i->tail_sum);
}

void csan__share_arm(struct share_item *i)
{
    if (!is_short(i)) {
        arm_long(i);
        return;
    }
    i->sum = hash_short((const char *)i->lo, i->bytes);
    i->armed = true;
}

static CSAN_NOINLINE enum share_change verify_long(const struct share_item *i)
{
    uint64_t body, tail;
    if (!sum_long(i, &body, &tail))
        return SHARE_SAME;
    if (body != i->sum)
        return SHARE_BODY_CHANGED;
    return tail != i->tail_sum ? SHARE_TAIL_CHANGED : SHARE_SAME;
}

enum share_change csan__share_verify(const struct share_item *i)
{
    if (!i->armed || i->windows)
        return SHARE_SAME;
    if (!is_short(i))
        return verify_long(i);
    bool same = hash_short((const char *)i->lo, i->bytes) == i->sum;
    return same ? SHARE_SAME : SHARE_BODY_CHANGED;
}
