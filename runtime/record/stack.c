#include "record/stack.h"
#include "base/arena.h"
#include "base/lock.h"
#include "record/module.h"
#include "record/thread.h"
#include "record/unwind_frame.h"

#include <errno.h>
#include <string.h>

/* ---- the depot ----
 *
 *   buckets[hash]      chunks[id / 2^15]            one record, 32-byte granules, id = its first
 *   ┌────┐             ┌───┐   ┌──────────┬─── … ─┐    ┌────────┬───────┬────────┬────────┐
 *   │ id ├──────────┐  │   ├──▶│ record   │ record│    │ header │ pcs[] │ slots[]│ links[]│
 *   ├────┤          │  ├───┤   └──────────┴─── … ─┘    └────────┴───────┴────────┴────────┘
 *   │    │          └──────────▶ next: id of the next record of the bucket
 *
 * Records are never changed once a bucket leads to them (but for `seen`), and never removed. The
 * slots and links say where on the stack the walk read (struct walk_shape), relative to rsp, so
 * that the same stack in the same place, or another thread's, is recognised by comparing words.
 * Frames from the second on and links are compared four at a time: the last of each stands there
 * once more until they fill the group. */
struct record {
    uint32_t next;
    uint32_t hash;       /* upper half; the lower has chosen the bucket */
    uint32_t generation; /* of modules, when it was first seen */
    uint32_t seen;       /* the last generation in which its modules were known to be the same */
    uint16_t depth, nlinks, span; /* nlinks: repeated ones too */
    bool truncated : 1, shaped : 1;
    bool bp_linked; /* the first link is rbp itself, and no part of a group */
    uintptr_t pcs[];
};
_Static_assert(sizeof(struct record) == 24, "the header is 24 bytes");

#define GRANULE ((size_t)32)
#define CHUNK_IDS (1u << 15)
#define CHUNKS (STACK_ID_END / CHUNK_IDS)
#define BUCKETS (1u << 17) /* each page that is used costs two faults */
#define RECENT_BITS 15
#define TRIES 4

static struct {
    struct lock lock;   /* guards the making of chunks */
    uint32_t *buckets;  /* ids; NULL: not begun */
    uint32_t depth_max; /* 0: not begun */
    bool walks_fully;   /* then no guess is kept */
    uint32_t used;      /* granules given out; granule 0 is none */
    uint32_t count;
    char *chunks[CHUNKS];
} depot = {.lock = LOCK_INIT(LOCK_STACKS), .used = 1};

/* Ids seen before, by hash of (pc, sp): guesses, each proven by comparing before it is believed. A
 * stack that parts from the guess at some frame goes on to look under the hash of what it has
 * there:
 *
 *   hash(pc, sp) ──▶ A ──frame 3 is x──▶ hash(…, x) ──▶ B ──frame 9 is y──▶ hash(…, x, y) ──▶ C
 */
static uint32_t recent[1u << RECENT_BITS];

int csan__stack_init(uint32_t depth_max)
{
    if (!depot.buckets)
        depot.buckets = csan__arena_alloc(BUCKETS * sizeof *depot.buckets);
    if (!depot.buckets)
        return -ENOMEM;
    if (depth_max < 1 || depth_max > STACK_DEPTH_MAX)
        depth_max = STACK_DEPTH_MAX;
    if (depth_max != depot.depth_max && depot.count)
        memset(recent, 0, sizeof recent); /* they lead to stacks of another depth */
    __atomic_store_n(&depot.depth_max, depth_max, __ATOMIC_RELEASE);
    return 0;
}

void csan__stack_walk_fully(bool fully)
{
    if (fully)
        memset(recent, 0, sizeof recent);
    depot.walks_fully = fully;
}

static CSAN_ALWAYS_INLINE struct record *record_of(uint32_t id)
{
    char *chunk = __atomic_load_n(&depot.chunks[id / CHUNK_IDS], __ATOMIC_RELAXED);
    return (struct record *)(chunk + id % CHUNK_IDS * GRANULE);
}

#define GROUP 4u

/* Frames in a record with a shape: one and whole groups. */
static CSAN_ALWAYS_INLINE uint32_t frames_of(uint32_t depth)
{
    return ((depth - 1 + GROUP - 1) & ~(GROUP - 1)) + 1;
}

static CSAN_ALWAYS_INLINE uint16_t *slots_of(const struct record *r)
{
    return (uint16_t *)&r->pcs[frames_of(r->depth)];
}

static CSAN_ALWAYS_INLINE struct walk_link *links_of(const struct record *r)
{
    return (struct walk_link *)(slots_of(r) + frames_of(r->depth));
}

static uint32_t links_with_repeated(const struct walk_shape *shape)
{
    uint32_t first = shape->nlinks && shape->links[0].slot == UNWIND_BP_ITSELF;
    return first + (uint32_t)csan__base_round_up(shape->nlinks - first, GROUP);
}

static size_t record_bytes(uint32_t depth, const struct walk_shape *shape)
{
    size_t bytes = sizeof(struct record) + depth * sizeof(uintptr_t);
    if (shape)
        bytes += (frames_of(depth) - depth) * sizeof(uintptr_t) +
                 frames_of(depth) * sizeof(uint16_t) +
                 links_with_repeated(shape) * sizeof(struct walk_link);
    return bytes;
}

/* ---- look-up ---- */

/* In another generation the same addresses may be another module's code. */
static CSAN_COLD bool has_same_modules(struct record *r, uint32_t now)
{
    uint32_t seen = __atomic_load_n(&r->seen, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < r->depth; i++)
        if (csan__module_find_at(r->pcs[i] - 1, seen) != csan__module_find_at(r->pcs[i] - 1, now))
            return false;
    __atomic_store_n(&r->seen, now, __ATOMIC_RELAXED);
    return true;
}

struct key {
    const uintptr_t *pcs;
    uint32_t depth;
    bool truncated; /* of what is inserted; no part of what is compared */
    uint64_t hash;
    uint32_t generation;
};

static bool is_equal(struct record *r, const struct key *k)
{
    return r->hash == (uint32_t)(k->hash >> 32) && r->depth == k->depth &&
           memcmp(r->pcs, k->pcs, k->depth * sizeof *k->pcs) == 0 &&
           (__atomic_load_n(&r->seen, __ATOMIC_RELAXED) == k->generation ||
            has_same_modules(r, k->generation));
}

/* From record `id` on, down to and without record `end`; 0: none is equal. */
static uint32_t find(uint32_t id, uint32_t end, const struct key *k)
{
    while (id != end && id != 0) {
        struct record *r = record_of(id);
        if (is_equal(r, k))
            return id;
        id = r->next;
    }
    return 0;
}

static CSAN_ALWAYS_INLINE uint32_t *bucket_of(uint64_t hash)
{
    return &depot.buckets[hash & (BUCKETS - 1)];
}

/* ---- insertion ---- */

static bool make_chunk(uint32_t index)
{
    csan__lock_take(&depot.lock);
    if (!depot.chunks[index])
        __atomic_store_n(&depot.chunks[index], csan__arena_alloc(CHUNK_IDS * GRANULE),
                         __ATOMIC_RELEASE);
    csan__lock_give(&depot.lock);
    return depot.chunks[index] != NULL;
}

/* The id of that many free granules in one chunk; 0: no room. */
static uint32_t reserve(uint32_t granules)
{
    uint32_t used = __atomic_load_n(&depot.used, __ATOMIC_RELAXED), start;
    do {
        start = used;
        if (start % CHUNK_IDS + granules > CHUNK_IDS)
            start = (start / CHUNK_IDS + 1) * CHUNK_IDS;
        if (start + granules > STACK_ID_END)
            return 0;
    } while (!__atomic_compare_exchange_n(&depot.used, &used, start + granules, true,
                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    if (!__atomic_load_n(&depot.chunks[start / CHUNK_IDS], __ATOMIC_ACQUIRE) &&
        !make_chunk(start / CHUNK_IDS))
        return 0;
    return start;
}

static void write_shape(struct record *r, const struct walk_shape *shape)
{
    uint32_t frames = frames_of(r->depth), last = r->depth - 1u;
    uint16_t *slots = slots_of(r);
    for (uint32_t i = 0; i < frames; i++) {
        r->pcs[i] = r->pcs[i < last ? i : last];
        slots[i] = shape->slots[i < last ? i : last];
    }
    struct walk_link *links = links_of(r);
    r->shaped = true;
    r->span = shape->span;
    r->nlinks = (uint16_t)links_with_repeated(shape);
    r->bp_linked = shape->nlinks && shape->links[0].slot == UNWIND_BP_ITSELF;
    for (uint32_t i = 0; i < r->nlinks; i++)
        links[i] = shape->links[i < shape->nlinks ? i : shape->nlinks - 1u];
}

static uint32_t insert(const struct key *k, const struct walk_shape *shape)
{
    if (shape && !shape->known)
        shape = NULL;
    size_t bytes = record_bytes(k->depth, shape);
    uint32_t granules = (uint32_t)((bytes + GRANULE - 1) / GRANULE);
    uint32_t id = reserve(granules);
    if (!id)
        return 0;
    struct record *r = record_of(id);
    r->hash = (uint32_t)(k->hash >> 32);
    r->generation = r->seen = k->generation;
    r->depth = (uint16_t)k->depth;
    r->truncated = k->truncated;
    r->shaped = false; /* the room may be another thread's that was given back */
    memcpy(r->pcs, k->pcs, k->depth * sizeof *k->pcs);
    if (shape)
        write_shape(r, shape);
    uint32_t *bucket = bucket_of(k->hash), searched = 0;
    uint32_t head = __atomic_load_n(bucket, __ATOMIC_ACQUIRE);
    do {
        uint32_t other = find(head, searched, k);
        if (other) { /* another thread was faster; the room goes back if nobody has taken more */
            uint32_t end = id + granules;
            __atomic_compare_exchange_n(&depot.used, &end, id, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED);
            return other;
        }
        searched = head;
        r->next = head;
    } while (
        !__atomic_compare_exchange_n(bucket, &head, id, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    __atomic_fetch_add(&depot.count, 1, __ATOMIC_RELAXED);
    return id;
}

static CSAN_COLD uint32_t degrade(void)
{
    if (csan__thread_self)
        csan__thread_self->degraded++;
    return 0;
}

static uint64_t hash_of(const uintptr_t *pcs, uint32_t depth)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < depth; i++)
        hash = csan__unwind_hash_add(hash, pcs[i]);
    return csan__unwind_hash_end(hash);
}

uint32_t csan__stack_keep(const uintptr_t *pcs, uint32_t depth, bool truncated)
{
    uint32_t depth_max = __atomic_load_n(&depot.depth_max, __ATOMIC_ACQUIRE);
    if (depth_max == 0 || depth == 0)
        return 0;
    if (depth > depth_max) {
        depth = depth_max;
        truncated = true;
    }
    struct key k = {pcs, depth, truncated, hash_of(pcs, depth), csan__module_generation()};
    uint32_t id = find(__atomic_load_n(bucket_of(k.hash), __ATOMIC_ACQUIRE), 0, &k);
    if (!id)
        id = insert(&k, NULL);
    return id ? id : degrade();
}

/* ---- the stack of this thread ---- */

/* A walk that begins here may be compared with r: its words are on the stack. */
static CSAN_ALWAYS_INLINE bool is_comparable(const struct record *r, const struct regs *at,
                                             const struct stack_bounds *in)
{
    uintptr_t sp = at->sp;
    return !((r->pcs[0] ^ at->pc) | (sp & 7)) && sp >= in->lo && sp + r->span * 8u + 8 <= in->hi &&
           __atomic_load_n(&r->seen, __ATOMIC_RELAXED) == csan__module_generation();
}

/* A frame is where r has it as long as all before it are the same; and when all are, the links tell
 * whether they are where the walk would look for them. */
static CSAN_ALWAYS_INLINE bool is_same(const struct record *r, const struct regs *at)
{
    const uintptr_t *stack = (const uintptr_t *)at->sp, *pcs = r->pcs + 1;
    uint32_t frames = frames_of(r->depth);
    const uint16_t *slots = (const uint16_t *)(r->pcs + frames) + 1;
    uintptr_t differ = 0;
    for (const uintptr_t *end = r->pcs + frames; pcs != end; pcs += GROUP, slots += GROUP) {
        differ = (stack[slots[0]] ^ pcs[0]) | (stack[slots[1]] ^ pcs[1]) |
                 (stack[slots[2]] ^ pcs[2]) | (stack[slots[3]] ^ pcs[3]);
        if (differ)
            return false;
    }
    const struct walk_link *l = (const struct walk_link *)slots, *end = l + r->nlinks;
    if (r->bp_linked) {
        differ = at->bp ^ (uintptr_t)(stack + l->value);
        l++;
    }
    for (; l != end; l += GROUP)
        differ |= (stack[l[0].slot] ^ (uintptr_t)(stack + l[0].value)) |
                  (stack[l[1].slot] ^ (uintptr_t)(stack + l[1].value)) |
                  (stack[l[2].slot] ^ (uintptr_t)(stack + l[2].value)) |
                  (stack[l[3].slot] ^ (uintptr_t)(stack + l[3].value));
    return differ == 0;
}

/* How many frames a walk from `at`, which may be compared, has in common with r. */
static uint32_t count_alike(const struct record *r, const struct regs *at)
{
    const uintptr_t *stack = (const uintptr_t *)at->sp;
    const uint16_t *slots = slots_of(r);
    const uintptr_t *pcs = r->pcs;
    size_t depth = r->depth, i = 1;
    for (; i + 4 <= depth; i += 4) /* no slot is beyond the span, alike or not */
        if ((stack[slots[i]] ^ pcs[i]) | (stack[slots[i + 1]] ^ pcs[i + 1]) |
            (stack[slots[i + 2]] ^ pcs[i + 2]) | (stack[slots[i + 3]] ^ pcs[i + 3]))
            break;
    while (i < depth && stack[slots[i]] == pcs[i])
        i++;
    return (uint32_t)i;
}

/* Seen for the first time: walked once more for its shape. */
static CSAN_NOINLINE uint32_t insert_shaped(const struct key *k, const struct regs *at,
                                            const struct stack_bounds *in, uintptr_t *pcs,
                                            uint32_t max)
{
    uint16_t slots[max];
    struct walk_link links[max];
    struct walk_shape shape = {.slots = slots, .links = links};
    struct walk walk = csan__unwind_shape(at, in, pcs, max, &shape);
    shape.known &= walk.hash == k->hash && walk.depth == k->depth;
    return insert(k, &shape);
}

static CSAN_NOINLINE uint32_t take_anew(const struct regs *at, const struct stack_bounds *in,
                                        uint32_t *guess)
{
    uint32_t depth_max = __atomic_load_n(&depot.depth_max, __ATOMIC_ACQUIRE);
    if (depth_max == 0)
        return 0;
    uintptr_t pcs[depth_max]; /* no more than is asked for: alternate stacks are small */
    struct walk walk = depot.walks_fully ? csan__unwind_fully(at, in, pcs, depth_max)
                                         : csan__unwind_fast(at, in, pcs, depth_max);
    struct key k = {pcs, walk.depth, walk.truncated, walk.hash, csan__module_generation()};
    uint32_t id = find(__atomic_load_n(bucket_of(k.hash), __ATOMIC_ACQUIRE), 0, &k);
    if (CSAN_UNLIKELY(!id))
        id = depot.walks_fully ? insert(&k, NULL) : insert_shaped(&k, at, in, pcs, depth_max);
    if (CSAN_UNLIKELY(!id))
        return degrade();
    if (record_of(id)->shaped && !depot.walks_fully)
        __atomic_store_n(guess, id, __ATOMIC_RELEASE);
    return id;
}

/* Elsewhere than on the thread's own stack (alternate, coroutine) the page that we are on is there.
 */
static CSAN_COLD struct stack_bounds learn_bounds(uintptr_t sp)
{
    struct thread *t = csan__thread_self;
    if (t && !t->stack_hi)
        csan__thread_learn_stack(t);
    if (t && sp >= t->stack_lo && sp < t->stack_hi)
        return (struct stack_bounds){t->stack_lo, t->stack_hi};
    return (struct stack_bounds){sp, csan__base_round_up(sp + 1, 4096)};
}

static CSAN_ALWAYS_INLINE uint32_t *first_guess(const struct regs *at, uint64_t *key)
{
    *key = at->pc * 0x9e3779b97f4a7c15u + at->sp * 0xd6e8feb86659fd93u;
    return &recent[*key >> (64 - RECENT_BITS)];
}

/* The guess to try when a stack parts from the last one by having `word` there. */
static uint32_t *next_guess(uint64_t *key, uintptr_t word)
{
    *key = (*key + word) * 0x9e3779b97f4a7c15u;
    *key ^= *key >> 29;
    return &recent[*key >> (64 - RECENT_BITS)];
}

/* What is found late becomes the first guess once in a while, and what was that is found where a
 * stack parts from the new one. */
#define LATE_TURNS 8u

static void move_to_front(const struct regs *at, uint32_t id)
{
    struct thread *t = csan__thread_self;
    if (!t || ++t->late_stacks % LATE_TURNS)
        return;
    uint64_t key;
    uint32_t *first = first_guess(at, &key), was = __atomic_load_n(first, __ATOMIC_ACQUIRE);
    if (!was)
        return;
    const struct record *r = record_of(was), *now = record_of(id);
    uint32_t common = 1, max = r->depth < now->depth ? r->depth : now->depth;
    while (common < max && r->pcs[common] == now->pcs[common] &&
           slots_of(r)[common] == slots_of(now)[common])
        common++;
    if (common < max && slots_of(r)[common] == slots_of(now)[common])
        __atomic_store_n(next_guess(&key, r->pcs[common]), was, __ATOMIC_RELEASE);
    __atomic_store_n(first, id, __ATOMIC_RELEASE);
}

static CSAN_NOINLINE uint32_t take_late(const struct regs *at)
{
    const struct thread *t = csan__thread_self;
    struct stack_bounds in = {0, 0};
    if (CSAN_LIKELY(t != NULL))
        in = (struct stack_bounds){t->stack_lo, t->stack_hi};
    if (CSAN_UNLIKELY(at->sp < in.lo || at->sp >= in.hi))
        in = learn_bounds(at->sp);
    uint64_t key;
    uint32_t *guess = first_guess(at, &key);
    for (int tries = 1;; tries++) {
        uint32_t id = __atomic_load_n(guess, __ATOMIC_ACQUIRE);
        const struct record *r = id ? record_of(id) : NULL;
        if (!r || !is_comparable(r, at, &in))
            break;
        uint32_t alike = count_alike(r, at);
        if (alike == r->depth && is_same(r, at)) {
            move_to_front(at, id);
            return id;
        }
        if (alike == r->depth || tries == TRIES)
            break;
        guess = next_guess(&key, ((const uintptr_t *)at->sp)[slots_of(r)[alike]]);
    }
    return take_anew(at, &in, guess);
}

CSAN_HOT uint32_t csan__stack_here(const struct regs *at)
{
    const struct thread *t = csan__thread_self;
    uint64_t key;
    uint32_t id = __atomic_load_n(first_guess(at, &key), __ATOMIC_ACQUIRE);
    if (CSAN_LIKELY(t && id)) {
        const struct record *r = record_of(id);
        struct stack_bounds in = {t->stack_lo, t->stack_hi};
        if (CSAN_LIKELY(is_comparable(r, at, &in)) && CSAN_LIKELY(is_same(r, at)))
            return id;
    }
    return take_late(at);
}

/* ---- reading ---- */

/* No id leads to a record but through its bucket. */
bool csan__stack_get(uint32_t id, struct stack_view *out)
{
    if (id == 0 || id >= __atomic_load_n(&depot.used, __ATOMIC_ACQUIRE) ||
        !__atomic_load_n(&depot.chunks[id / CHUNK_IDS], __ATOMIC_ACQUIRE))
        return false;
    const struct record *r = record_of(id);
    size_t room = (CHUNK_IDS - id % CHUNK_IDS) * GRANULE;
    if (r->depth == 0 || r->depth > STACK_DEPTH_MAX || record_bytes(r->depth, NULL) > room)
        return false;
    uint32_t at = __atomic_load_n(bucket_of(hash_of(r->pcs, r->depth)), __ATOMIC_ACQUIRE);
    while (at != id && at != 0)
        at = record_of(at)->next;
    if (at == 0)
        return false;
    *out = (struct stack_view){
        .pcs = r->pcs, .depth = r->depth, .generation = r->generation, .truncated = r->truncated};
    return true;
}

uint32_t csan__stack_count(void)
{
    return __atomic_load_n(&depot.count, __ATOMIC_RELAXED);
}

uint32_t csan__stack_end(void)
{
    return __atomic_load_n(&depot.used, __ATOMIC_ACQUIRE);
}

/* While no other thread inserts. */
bool csan__stack_is_valid(void)
{
    uint32_t seen = 0;
    if (!depot.buckets)
        return depot.count == 0;
    for (uint32_t b = 0; b < BUCKETS; b++) {
        for (uint32_t id = depot.buckets[b]; id; id = record_of(id)->next) {
            const struct record *r = record_of(id);
            uint64_t hash = hash_of(r->pcs, r->depth);
            struct key k = {r->pcs, r->depth, r->truncated, hash, r->seen};
            if (id >= depot.used || ++seen > depot.count || (hash & (BUCKETS - 1)) != b ||
                r->hash != (uint32_t)(hash >> 32) || r->seen < r->generation ||
                find(r->next, 0, &k) != 0)
                return false;
        }
    }
    return seen == depot.count;
}
