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

#define SECRET_1 0xa0761d6478bd642fu
#define SECRET_2 0xe7037ed1a0b428dbu
#define SECRET_3 0x8ebc6af09c88c6e3u
#define SECRET_4 0x589965cc75374cc3u

static uint64_t hash(uint64_t seed, const char *p, size_t n)
{
    uint64_t a = seed ^ SECRET_1, b = seed ^ SECRET_2, c = seed ^ SECRET_3, d = seed ^ SECRET_4;
    size_t left = n;
    for (; left >= 64; left -= 64, p += 64) {
        a = fold(word_at(p) ^ SECRET_1, word_at(p + 8) ^ a);
        b = fold(word_at(p + 16) ^ SECRET_2, word_at(p + 24) ^ b);
        c = fold(word_at(p + 32) ^ SECRET_3, word_at(p + 40) ^ c);
        d = fold(word_at(p + 48) ^ SECRET_4, word_at(p + 56) ^ d);
    }
    for (; left >= 8; left -= 8, p += 8)
        a = fold(word_at(p) ^ SECRET_1, a);
    uint64_t last = 0;
    if (left)
        memcpy(&last, p, left);
    return fold(fold(a ^ last, b ^ n), fold(c, d) ^ seed);
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

/* Up to so many bytes, without a loop of four: most entries are short. */
#define SHORT ((size_t)128)

static CSAN_ALWAYS_INLINE uint64_t hash_short(const char *p, size_t n)
{
    uint64_t h = n ^ SECRET_1, last = 0;
    size_t left = n;
    for (; left >= 16; left -= 16, p += 16)
        h = fold(word_at(p) ^ SECRET_2, word_at(p + 8) ^ h);
    if (left >= 8) {
        h = fold(word_at(p) ^ SECRET_3, h);
        left -= 8, p += 8;
    }
    if (left)
        memcpy(&last, p, left);
    return fold(h ^ last, SECRET_4);
}

static CSAN_ALWAYS_INLINE bool is_plain(const struct share_item *i)
{
    return i->heap && !i->holes && (i->room == i->bytes || i->fixed);
}

static CSAN_NOINLINE bool sum_long(const struct share_item *i, uint64_t *body, uint64_t *tail)
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

static CSAN_ALWAYS_INLINE bool sum(const struct share_item *i, uint64_t *body, uint64_t *tail)
{
    if (CSAN_UNLIKELY(i->bytes > SHORT || !is_plain(i)))
        return sum_long(i, body, tail);
    *body = hash_short((const char *)i->lo, i->bytes);
    *tail = 0;
    return true;
}

void csan__share_arm(struct share_item *i)
{
    i->armed = sum(i, &i->sum, &i->tail_sum);
}

enum share_change csan__share_verify(const struct share_item *i)
{
    uint64_t body, tail;
    if (!i->armed || i->windows || !sum(i, &body, &tail))
        return SHARE_SAME;
    if (body != i->sum)
        return SHARE_BODY_CHANGED;
    return tail != i->tail_sum ? SHARE_TAIL_CHANGED : SHARE_SAME;
}
