#include "record/block_map.h"
#include "record/colour.h"
#include "record/large.h"
#include "record/readable.h"
#include "record/stack.h"
#include "record/volume.h"

#include <errno.h>
#include <string.h>

size_t (*csan__block_real_usable)(void *);
bool csan__block_chunk_headers;

uint32_t csan__block_now = 1;

#define AHEAD 12 /* blocks that are being fetched into the cache, of all that are gone through */
static struct {
    bool frozen; /* written by the thread that holds the verdict */
    uint64_t lost, damaged;
} state;

bool csan__block_any(void)
{
    return __atomic_load_n(&csan__block_leaves, __ATOMIC_ACQUIRE) != NULL;
}

int csan__block_init(void)
{
    return 0;
}

static CSAN_COLD void count_lost(void)
{
    __atomic_fetch_add(&state.lost, 1, __ATOMIC_RELAXED);
}

static CSAN_ALWAYS_INLINE void read_fields(struct block *b, uint64_t word)
{
    b->asked = b->usable - BLOCK_TAIL - csan__account_slack(word);
    b->stack = (uint32_t)(word >> ACCOUNT_STACK_AT);
    b->epoch = (uint32_t)(word >> ACCOUNT_EPOCH_AT) & BLOCK_EPOCH_MAX;
    b->family = (enum block_family)((word >> ACCOUNT_FAMILY_AT) & 3);
    b->ignored = (word >> ACCOUNT_IGNORED_AT) & 1;
    b->damaged = false;
}

static void read_large(struct block *b, const struct large *l)
{
    *b = (struct block){.start = l->start,
                        .asked = l->asked,
                        .usable = l->usable,
                        .stack = l->stack,
                        .epoch = l->epoch,
                        .family = (enum block_family)l->family,
                        .ignored = l->ignored};
}

/* It counts as new: a leak that nobody hears of would be worse than one told in the wrong test. */
static CSAN_COLD void read_damaged(struct block *b, uintptr_t start, size_t usable)
{
    struct stack_view view;
    uint64_t word = 0;
    __atomic_fetch_add(&state.damaged, 1, __ATOMIC_RELAXED);
    if (usable > BLOCK_TAIL && usable < BLOCK_LARGE)
        csan__readable_copy(&word, start + usable - BLOCK_TAIL, sizeof word);
    uint32_t stack = (uint32_t)(word >> ACCOUNT_STACK_AT);
    *b = (struct block){.start = start,
                        .asked = usable > BLOCK_TAIL ? usable - BLOCK_TAIL : 0,
                        .usable = usable,
                        .stack = csan__stack_get(stack, &view) ? stack : 0,
                        .epoch = csan__block_epoch(),
                        .family = BLOCK_MALLOC,
                        .damaged = true};
}

/* Large, or a small one whose stack or slack is too big for 8 bytes. */
static CSAN_NOINLINE void add_to_table(const struct block *b, uint32_t epoch)
{
    struct large l = {.start = b->start,
                      .asked = b->asked,
                      .usable = b->usable,
                      .stack = b->stack,
                      .epoch = (uint16_t)epoch,
                      .family = (uint8_t)b->family,
                      .ignored = b->ignored};
    bool fits = b->usable >= BLOCK_TAIL && b->asked <= b->usable - BLOCK_TAIL;
    if (!fits || b->start & 15 || !b->start || !csan__large_put(&l)) {
        count_lost();
        return;
    }
    if (b->usable < BLOCK_LARGE) {
        *csan__account_of(b->start, b->usable) = csan__account_seal(b->start, ACCOUNT_FAMILY);
    }
    if (!csan__block_set(b->start)) {
        csan__large_take(b->start, &l);
        count_lost();
    }
}

void csan__block_add_slowly(const struct block *b, uint32_t epoch)
{
    CSAN_DCHECK(!csan__block_real_usable || csan__block_real_usable((void *)b->start) == b->usable);
    size_t slack = b->usable - BLOCK_TAIL - b->asked;
    if (!csan__block_fits_word(b, slack)) {
        add_to_table(b, epoch);
        return;
    }
    *csan__account_of(b->start, b->usable) =
        csan__account_seal(b->start, csan__account_fields(b, epoch, slack));
    if (!csan__block_set(b->start))
        count_lost();
}

void csan__block_add(const struct block *b)
{
    csan__block_add_here(b);
    if (CSAN_UNLIKELY(csan__volume_is_wanted))
        csan__volume_add(VOLUME_ALLOCATED, b->stack, b->asked);
}

void csan__block_put_back(const struct block *b)
{
    csan__block_add_slowly(b, b->epoch);
}

/* The account is not in the 8 bytes: in the table, or lost to an overflow. */
static CSAN_NOINLINE void take_from_table(uintptr_t start, size_t usable, struct block *old)
{
    struct large l;
    if (csan__large_take(start, &l))
        read_large(old, &l);
    else
        read_damaged(old, start, usable);
}

bool csan__block_take(uintptr_t start, size_t usable, struct block *old)
{
    if (!csan__block_clear(start))
        return false;
    if (CSAN_LIKELY(usable < BLOCK_LARGE)) {
        uint64_t word = *csan__account_of(start, usable);
        if (CSAN_LIKELY(csan__account_tells(start, usable, word))) {
            old->start = start;
            old->usable = usable;
            read_fields(old, word);
            return true;
        }
    }
    take_from_table(start, usable, old);
    return true;
}

/* Not a small block of the family that it is freed as. */
enum block_drop csan__block_drop_slowly(uintptr_t start, enum block_family as, size_t usable,
                                        struct block *old)
{
    uint64_t word = usable < BLOCK_LARGE ? *csan__account_of(start, usable) : 0;
    old->start = start;
    old->usable = usable;
    if (usable < BLOCK_LARGE && csan__account_tells(start, usable, word))
        read_fields(old, word);
    else
        take_from_table(start, usable, old);
    if (old->damaged)
        return DROP_DAMAGED;
    return old->family == as ? DROP_DONE : DROP_OTHER_FAMILY;
}

enum block_drop csan__block_drop(uintptr_t start, enum block_family as, struct block *old)
{
    if (CSAN_UNLIKELY(!csan__block_clear(start)))
        return DROP_NOT_LIVE;
    old->usable = csan__block_usable(start);
    return csan__block_is_as(start, old->usable, as)
               ? DROP_DONE
               : csan__block_drop_slowly(start, as, old->usable, old);
}

/* glibc leaves no more slack than the rest of a chunk that is too small for one of its own. */
#define LEFT_SLACK 48u

bool csan__block_left(uintptr_t start, struct block *out)
{
    size_t header = 0;
    uint64_t word = 0;
    if (start & 15 || !csan__block_chunk_headers || csan__block_is_live(start) ||
        !csan__readable_copy(&header, start - sizeof header, sizeof header))
        return false;
    size_t usable = csan__block_usable_by_header(header);
    if (usable < 2 * BLOCK_TAIL || usable >= BLOCK_LARGE ||
        !csan__readable_copy(&word, start + usable - BLOCK_TAIL, sizeof word) ||
        !csan__account_tells(start, usable, word) || csan__account_slack(word) >= LEFT_SLACK)
        return false;
    struct block b = {.start = start, .usable = usable};
    read_fields(&b, word);
    if (b.epoch == 0 || b.epoch > csan__block_epoch())
        return false;
    *out = b;
    return true;
}

/* Bytes up to the next live block, for one whose size cannot be trusted. */
static CSAN_COLD size_t room_at(uintptr_t start)
{
    uintptr_t next = csan__block_above(start + 16, start + BLOCK_LARGE);
    return next ? next - start - BLOCK_TAIL : BLOCK_LARGE;
}

/* malloc's own size; 0: it makes no sense (the program has overwritten it). False: unreadable. */
static bool read_usable(uintptr_t start, size_t *usable)
{
    size_t header[2];
    if (!csan__readable_copy(header, start - sizeof header, sizeof header))
        return false;
    size_t n = csan__block_chunk_headers
                   ? csan__block_usable_by_header(header[1])
                   : (csan__block_real_usable ? csan__block_real_usable((void *)start) : 0);
    *usable = n >= 2 * BLOCK_TAIL && n < MAP_TOP << MAP_REGION_BITS ? n : 0;
    return true;
}

bool csan__block_at(uintptr_t start, struct block *out)
{
    if (!csan__block_is_live(start))
        return false;
    size_t usable = 0;
    uint64_t word = 0;
    bool readable = read_usable(start, &usable);
    bool small = readable && usable && usable < BLOCK_LARGE;
    if (small && csan__readable_copy(&word, start + usable - sizeof word, sizeof word) &&
        csan__account_tells(start, usable, word)) {
        out->start = start;
        out->usable = usable;
        read_fields(out, word);
        return true;
    }
    struct large l;
    if (csan__large_get(start, &l))
        read_large(out, &l);
    else if (readable)
        read_damaged(out, start, small ? usable : room_at(start));
    else
        return false;
    return true;
}

size_t csan__block_asked(uintptr_t start, size_t usable)
{
    struct large l;
    uint64_t word = usable < BLOCK_LARGE ? *csan__account_of(start, usable) : 0;
    if (usable < BLOCK_LARGE && csan__account_tells(start, usable, word))
        return usable - BLOCK_TAIL - csan__account_slack(word);
    return csan__large_get(start, &l) ? l.asked : usable - BLOCK_TAIL;
}

static bool covers(const struct block *b, uintptr_t addr)
{
    return addr - b->start < b->asked || addr == b->start;
}

bool csan__block_find(uintptr_t addr, struct block *out)
{
    struct block b;
    struct large l;
    addr = csan__colour_home(addr);
    uintptr_t start = csan__block_below(addr);
    if (start && csan__block_at(start, &b) && covers(&b, addr)) {
        *out = b;
        return true;
    }
    if (state.frozen) {
        start = csan__large_frozen_find(addr);
        return start && csan__block_at(start, out);
    }
    if (!csan__large_find(addr, &l))
        return false;
    read_large(out, &l);
    return true;
}

/* The one after bit is being fetched into the cache: its header, and the account of the one before
 * it, which lies right in front of that. */
static uint32_t fetch(const struct block_leaf *leaf, uint32_t bit)
{
    if (bit != MAP_NONE)
        bit = csan__block_next_bit(leaf, leaf->bits, bit + 1);
    if (bit != MAP_NONE)
        __builtin_prefetch((const char *)(leaf->base + ((uintptr_t)bit << 4)) - 16);
    return bit;
}

void csan__block_each(bool (*visit)(const struct block *b, void *arg), void *arg)
{
    const struct block_leaf *leaf = __atomic_load_n(&csan__block_leaves, __ATOMIC_ACQUIRE);
    for (; leaf; leaf = leaf->next) {
        struct block b;
        uint32_t bit = csan__block_next_bit(leaf, leaf->bits, 0), ahead = bit;
        for (int i = 0; i < AHEAD; i++)
            ahead = fetch(leaf, ahead);
        while (bit != MAP_NONE) {
            if (csan__block_at(leaf->base + ((uintptr_t)bit << 4), &b) && !visit(&b, arg))
                return;
            bit = csan__block_next_bit(leaf, leaf->bits, bit + 1);
            ahead = fetch(leaf, ahead);
        }
    }
}

/* By compare-and-swap: should the program free the block just now, malloc's own words are there, or
 * nobody's, and neither is changed. */
bool csan__block_ignore(uintptr_t addr)
{
    struct block b;
    if (!csan__block_find(addr, &b))
        return false;
    if (csan__large_ignore(b.start) || b.usable >= BLOCK_LARGE)
        return true;
    account_word *account = csan__account_of(b.start, b.usable);
    uint64_t old = __atomic_load_n(account, __ATOMIC_RELAXED);
    bool whole = csan__account_is_whole(b.start, old);
    if (whole == b.damaged)
        return false;
    b.ignored = true;
    size_t slack = b.usable - BLOCK_TAIL - b.asked;
    uint64_t sealed = csan__account_seal(b.start, csan__account_fields(&b, b.epoch, slack));
    return __atomic_compare_exchange_n(account, &old, sealed, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
}

uint32_t csan__block_epoch(void)
{
    return __atomic_load_n(&csan__block_now, __ATOMIC_RELAXED);
}

/* The last number is never left: marks beyond it share an epoch. */
uint32_t csan__block_new_epoch(void)
{
    uint32_t old = __atomic_load_n(&csan__block_now, __ATOMIC_RELAXED), next;
    do
        next = old < BLOCK_EPOCH_MAX ? old + 1 : old;
    while (!__atomic_compare_exchange_n(&csan__block_now, &old, next, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED));
    return next;
}

static uint64_t forgiven[(BLOCK_EPOCH_MAX + 1) / 64]; /* a bit for each epoch */

bool csan__block_forgive(uint32_t since)
{
    uint32_t end = csan__block_epoch();
    if (end == BLOCK_EPOCH_MAX)
        return false;
    for (uint32_t e = since; e <= end; e++)
        __atomic_fetch_or(&forgiven[e / 64], (uint64_t)1 << e % 64, __ATOMIC_RELAXED);
    csan__block_new_epoch();
    return true;
}

bool csan__block_is_forgiven(const struct block *b)
{
    return __atomic_load_n(&forgiven[b->epoch / 64], __ATOMIC_RELAXED) >> b->epoch % 64 & 1;
}

uint64_t csan__block_lost(void)
{
    return __atomic_load_n(&state.lost, __ATOMIC_RELAXED);
}

uint64_t csan__block_damaged(void)
{
    return __atomic_load_n(&state.damaged, __ATOMIC_RELAXED);
}

int csan__block_freeze(const struct world *world)
{
    CSAN_CHECK(!state.frozen);
    int failed = csan__readable_open(world);
    if (!failed && (failed = csan__large_freeze()))
        csan__readable_close();
    state.frozen = !failed;
    return failed;
}

void csan__block_thaw(void)
{
    CSAN_CHECK(state.frozen);
    state.frozen = false;
    csan__large_thaw();
    csan__readable_close();
}

bool csan__block_is_valid(void)
{
    return csan__block_map_is_valid() && csan__large_is_valid(csan__block_is_live);
}
