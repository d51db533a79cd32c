#include "detect/pointers.h"
#include "detect/linker.h"
#include "detect/memory.h"
#include "detect/roots.h"
#include "record/colour.h"

#include <errno.h>

/* A GiB of address space that some range is in. */
struct target_leaf {
    uint64_t covered[MAP_WORDS];            /* a bit per 16 bytes */
    uint32_t first[MAP_REGION / CSAN_PAGE]; /* 1 + the first range of this page; 0: none */
};

struct search {
    uintptr_t lo, extent; /* no word outside [lo, lo + extent) is of interest */
    const struct range *ranges;
    size_t n;
    struct target_leaf **leaves; /* from lo's GiB on */
    size_t nleaves;
    const struct world *world;
    pointer_found *found;
    void *arg;
    bool enough;
    struct place place; /* what is being looked through */
    struct memory memory;
};

/* ---- what is sought */

static uintptr_t end_of(const struct range *r)
{
    return r->hi > r->lo ? r->hi : r->lo + 1;
}

static void cover(struct search *s, size_t i, uintptr_t lo, uintptr_t hi)
{
    struct target_leaf *leaf = s->leaves[(lo >> MAP_REGION_BITS) - (s->lo >> MAP_REGION_BITS)];
    uintptr_t last = hi - 1, mask = MAP_REGION - 1;
    for (uintptr_t page = (lo & mask) / CSAN_PAGE; page <= (last & mask) / CSAN_PAGE; page++)
        if (!leaf->first[page])
            leaf->first[page] = (uint32_t)i + 1;
    uint32_t from = csan__block_word(lo), to = csan__block_word(last);
    uint64_t head = ~(uint64_t)0 << ((lo >> 4) & 63),
             tail = ~(uint64_t)0 >> (63 - ((last >> 4) & 63));
    if (from == to) {
        leaf->covered[from] |= head & tail;
        return;
    }
    leaf->covered[from] |= head;
    for (uint32_t w = from + 1; w < to; w++)
        leaf->covered[w] = ~(uint64_t)0;
    leaf->covered[to] |= tail;
}

/* A range may reach over the end of a GiB. */
static int cover_range(struct search *s, size_t i)
{
    uintptr_t lo = s->ranges[i].lo, end = end_of(&s->ranges[i]);
    while (lo < end) {
        uintptr_t border = (lo | (MAP_REGION - 1)) + 1, hi = end < border ? end : border;
        struct target_leaf **leaf =
            &s->leaves[(lo >> MAP_REGION_BITS) - (s->lo >> MAP_REGION_BITS)];
        if (!*leaf && !(*leaf = csan__block_memory(sizeof **leaf)))
            return -ENOMEM;
        cover(s, i, lo, hi);
        lo = hi;
    }
    return 0;
}

static size_t leaves_bytes(const struct search *s)
{
    return csan__base_round_up(s->nleaves * sizeof *s->leaves, CSAN_PAGE);
}

static int make_targets(struct search *s)
{
    s->lo = s->ranges[0].lo;
    s->extent = end_of(&s->ranges[s->n - 1]) - s->lo;
    if (csan__colour_holds(s->lo + s->extent - 1))
        s->extent = csan__colour_lo + csan__colour_bytes - s->lo; /* shares are pointers, too */
    uintptr_t top = MAP_TOP << MAP_REGION_BITS;
    if (s->lo >= top || s->extent > top - s->lo)
        return -EINVAL; /* no address of user space */
    s->nleaves = ((s->lo + s->extent - 1) >> MAP_REGION_BITS) - (s->lo >> MAP_REGION_BITS) + 1;
    if (!(s->leaves = csan__block_memory(leaves_bytes(s))))
        return -ENOMEM;
    int failed = 0;
    for (size_t i = 0; i < s->n && !failed; i++)
        failed = cover_range(s, i);
    return failed;
}

static void drop_targets(struct search *s)
{
    for (size_t i = 0; s->leaves && i < s->nleaves; i++)
        if (s->leaves[i])
            csan__os_unmap(s->leaves[i], sizeof *s->leaves[i]);
    if (s->leaves)
        csan__os_unmap(s->leaves, leaves_bytes(s));
}

static bool is_covered(const struct search *s, uintptr_t word)
{
    const struct target_leaf *leaf =
        s->leaves[(word >> MAP_REGION_BITS) - (s->lo >> MAP_REGION_BITS)];
    return leaf && leaf->covered[csan__block_word(word)] & csan__block_bit(word);
}

/* The range that holds a word whose 16 bytes are covered; false: only its neighbour is. */
static bool range_of(const struct search *s, uintptr_t word, size_t *out)
{
    const struct target_leaf *leaf =
        s->leaves[(word >> MAP_REGION_BITS) - (s->lo >> MAP_REGION_BITS)];
    size_t i = leaf->first[(word & (MAP_REGION - 1)) / CSAN_PAGE] - 1;
    while (i < s->n && end_of(&s->ranges[i]) <= word)
        i++;
    *out = i;
    return i < s->n && s->ranges[i].lo <= word;
}

/* ---- words */

static bool is_known(uintptr_t at)
{
    struct block b;
    return csan__block_find(at, &b) || csan__module_find_live(at);
}

static CSAN_NOINLINE void meet(struct search *s, uintptr_t word, uintptr_t at)
{
    struct pointer p = {.place = s->place};
    if (s->enough || !range_of(s, word, &p.range))
        return;
    p.place.at = at;
    p.place.value = word;
    if (p.place.kind == PLACE_ADDED && is_known(at))
        return; /* as what it is */
    csan__pointers_describe(s->world, &p.place);
    s->enough = !s->found(&p, s->arg);
}

static CSAN_NOINLINE void look_closely(struct search *s, memory_word *words, size_t n, uintptr_t at)
{
    for (size_t i = 0; i < n; i++) {
        uintptr_t word = csan__colour_home(words[i]);
        if (word - s->lo < s->extent && is_covered(s, word))
            meet(s, word, at + i * sizeof *words);
    }
}

#define STEP 8 /* words: most of the heap's are small numbers, text, or zero */

static CSAN_HOT void look_at_words(memory_word *words, size_t n, uintptr_t at, void *arg)
{
    struct search *s = arg;
    uintptr_t lo = s->lo, extent = s->extent;
    size_t i = 0;
    for (; i + STEP <= n; i += STEP) {
        bool any = false;
        for (size_t k = 0; k < STEP; k++)
            any |= words[i + k] - lo < extent;
        if (any)
            look_closely(s, words + i, STEP, at + i * sizeof *words);
    }
    look_closely(s, words + i, n - i, at + i * sizeof *words);
}

static void look_at_root(const struct root *r, void *arg)
{
    struct search *s = arg;
    s->place = (struct place){.kind = r->kind, .tid = r->tid};
    csan__roots_words(r, &s->memory, look_at_words, s);
}

static CSAN_ALWAYS_INLINE void look_at_block(struct search *s, uintptr_t start)
{
    size_t asked;
    if (!csan__memory_asked(start, &asked))
        return;
    if (CSAN_LIKELY(asked < MEMORY_SPARSE) && CSAN_LIKELY(csan__readable_has(start, start + asked)))
        look_at_words((memory_word *)start, asked / sizeof(uintptr_t), start, s);
    else
        csan__memory_each(&s->memory, start, start + asked, look_at_words, s);
}

/* A stack that lies in a block (a coroutine's) has been looked at as a root; what is below its
 * pointer is dead. */
static bool is_stack_in_use(const struct world *w, uintptr_t start)
{
    struct block b;
    for (uint32_t i = 0; i < w->nthreads; i++) {
        struct range live = csan__roots_foreign_stack(w, &w->threads[i]);
        if (live.lo < live.hi && csan__block_find(live.lo, &b) && b.start == start)
            return true;
    }
    return false;
}

static bool any_foreign_stack(const struct world *w)
{
    for (uint32_t i = 0; i < w->nthreads; i++) {
        struct range live = csan__roots_foreign_stack(w, &w->threads[i]);
        if (live.lo < live.hi)
            return true;
    }
    return false;
}

static void look_at_blocks(struct search *s)
{
    bool foreign = any_foreign_stack(s->world);
    s->place = (struct place){.kind = PLACE_HEAP};
    for (const struct block_leaf *leaf = csan__block_leaves; leaf; leaf = leaf->next) {
        uint32_t bit = 0;
        while (!s->enough && (bit = csan__block_next_bit(leaf, leaf->bits, bit)) != MAP_NONE) {
            uintptr_t start = leaf->base + ((uintptr_t)bit++ << 4);
            if (CSAN_LIKELY(!foreign) || !is_stack_in_use(s->world, start))
                look_at_block(s, start);
        }
    }
}

/* ---- what is known of a place */

void csan__pointers_describe(const struct world *w, struct place *p)
{
    struct block b;
    if (p->kind == PLACE_THREAD_LOCAL) {
        csan__roots_thread_local(w, p);
    } else if (p->kind == PLACE_MAPPED && (p->module = csan__module_find_live(p->at))) {
        p->kind = PLACE_GLOBAL;
        p->offset = p->at - p->module->bias;
    } else if (p->kind == PLACE_HEAP && csan__block_find(p->at, &b)) {
        p->offset = p->at - b.start;
        p->bytes = b.asked;
        p->stack = b.stack;
        if (csan__linker_took(b.stack))
            csan__roots_thread_local(w, p);
    }
}

static int search(struct search *s)
{
    int failed = make_targets(s);
    if (!failed)
        failed = csan__roots_each(s->world, look_at_root, s);
    if (!failed)
        look_at_blocks(s);
    drop_targets(s);
    return failed == -EINVAL ? 0 : failed;
}

int csan__pointers_find(const struct world *w, const struct range *ranges, size_t n,
                        pointer_found *found, void *arg)
{
    size_t bytes = csan__base_round_up(sizeof(struct search), CSAN_PAGE);
    if (!n)
        return 0;
    int failed = csan__block_freeze(w);
    if (failed)
        return failed;
    struct search *s = csan__block_memory(bytes);
    failed = s ? 0 : -ENOMEM;
    if (s) {
        s->ranges = ranges;
        s->n = n;
        s->world = w;
        s->found = found;
        s->arg = arg;
        csan__memory_open(&s->memory);
        failed = search(s);
        csan__memory_close(&s->memory);
        csan__os_unmap(s, bytes);
    }
    csan__block_thaw();
    return failed;
}
