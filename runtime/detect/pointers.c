#include "detect/pointers.h"
#include "detect/crew.h"
#include "detect/linker.h"
#include "detect/memory.h"
#include "detect/roots.h"
#include "record/colour.h"
#include "record/ranges.h"

#include <emmintrin.h>
#include <errno.h>

/* A GiB of address space that some range is in. */
struct target_leaf {
    uint64_t covered[MAP_WORDS];            /* a bit per 16 bytes */
    uint32_t first[MAP_REGION / CSAN_PAGE]; /* 1 + the first range of this page; 0: none */
};

#define DENSE ((size_t)1 << 16) /* from so many ranges on most of a leaf is used */

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
    struct range met;   /* the block of the last hit in one */
    uint32_t met_stack;
    bool met_is_linkers, met_is_left;
    struct unit *units; /* NULL: one thread looks through the blocks */
    uint32_t nunits, next_unit;
};

/* So many pages of the bitmap of blocks, each of half a MiB of addresses: what one of several
 * threads looks through at a time. */
#define UNIT_PAGES 4u
struct unit {
    const struct block_leaf *leaf;
    uint32_t page;
    uint32_t from, n; /* what was seen in it, of that seeker's */
    struct seeker *by;
    bool again; /* there was no room for all of it */
};

/* A word that may be a pointer that is sought. */
struct sighting {
    uintptr_t word, at;
};

/* One that looks: the verdict's thread, or of several. */
struct seeker {
    struct search *s;
    struct sighting *seen; /* NULL: what is found is told of at once */
    uint32_t nseen;
    bool full;
    struct memory memory;
};
#define SEEN_MAX ((uint32_t)1 << 16)

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

static struct target_leaf *make_leaf(size_t nranges)
{
    struct target_leaf *leaf = csan__block_memory(sizeof *leaf);
    if (leaf && nranges >= DENSE)
        csan__os_dense(leaf, sizeof *leaf);
    return leaf;
}

/* A range may reach over the end of a GiB. */
static int cover_range(struct search *s, size_t i)
{
    uintptr_t lo = s->ranges[i].lo, end = end_of(&s->ranges[i]);
    while (lo < end) {
        uintptr_t border = (lo | (MAP_REGION - 1)) + 1, hi = end < border ? end : border;
        struct target_leaf **leaf =
            &s->leaves[(lo >> MAP_REGION_BITS) - (s->lo >> MAP_REGION_BITS)];
        if (!*leaf && !(*leaf = make_leaf(s->n)))
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

static CSAN_ALWAYS_INLINE bool is_covered(const struct search *s, uintptr_t word)
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
    size_t first = leaf->first[(word & (MAP_REGION - 1)) / CSAN_PAGE] - 1, span = 1;
    while (span < s->n - first && s->ranges[first + span].lo <= word)
        span = span * 2 < s->n - first ? span * 2 : s->n - first;
    size_t below = csan__ranges_below(s->ranges + first, span, word);
    *out = first + below - 1;
    return below && word < end_of(&s->ranges[*out]);
}

/* ---- words */

static bool is_known(uintptr_t at)
{
    struct block b;
    return csan__block_find(at, &b) || csan__module_find_live(at);
}

/* Hits come block by block. */
static bool is_left_behind(struct search *s, uintptr_t at)
{
    struct block b;
    if (at - s->met.lo < s->met.hi - s->met.lo)
        return s->met_is_left;
    if (!csan__block_find(at, &b))
        return false;
    if (b.stack != s->met_stack)
        s->met_is_linkers = csan__linker_took(b.stack);
    s->met_stack = b.stack;
    s->met = (struct range){b.start, b.start + b.asked};
    s->met_is_left = s->met_is_linkers && csan__roots_is_left_behind(s->world, at);
    return s->met_is_left;
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
    if (p.place.kind == PLACE_HEAP && is_left_behind(s, at))
        return;
    s->enough = !s->found(&p, s->arg);
}

static CSAN_NOINLINE void see(struct seeker *k, uintptr_t word, uintptr_t at)
{
    if (!k->seen)
        meet(k->s, word, at);
    else if (k->nseen < SEEN_MAX)
        k->seen[k->nseen++] = (struct sighting){word, at};
    else
        k->full = true;
}

static CSAN_ALWAYS_INLINE void look_closely(struct seeker *k, uintptr_t word, uintptr_t at)
{
    const struct search *s = k->s;
    word = csan__colour_home(word);
    if (CSAN_LIKELY(word - s->lo < s->extent) && CSAN_UNLIKELY(is_covered(s, word)))
        see(k, word, at);
}

#define STEP ((size_t)8)   /* words: most of the heap's are small numbers, text, or zero */
#define AHEAD ((size_t)96) /* words that are being fetched into the cache */

/* The upper halves of addresses that are of interest: from so many on (both so that a comparison of
 * numbers with a sign is right). */
struct halves {
    __m128i minus_lo, most;
};

static struct halves halves_of(const struct search *s)
{
    uint32_t lo = (uint32_t)(s->lo >> 32), hi = (uint32_t)((s->lo + s->extent - 1) >> 32);
    return (struct halves){_mm_set1_epi32((int)(0x80000000u - lo)),
                           _mm_set1_epi32((int)((hi - lo) ^ 0x80000000u))};
}

/* A bit for each of four words whose upper half is not. */
static CSAN_ALWAYS_INLINE int others_of(memory_word *words, const struct halves *h)
{
    __m128 a = _mm_castsi128_ps(_mm_loadu_si128((const __m128i *)words));
    __m128 b = _mm_castsi128_ps(_mm_loadu_si128((const __m128i *)(words + 2)));
    __m128i upper = _mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(3, 1, 3, 1)));
    __m128i beyond = _mm_cmpgt_epi32(_mm_add_epi32(upper, h->minus_lo), h->most);
    return _mm_movemask_ps(_mm_castsi128_ps(beyond));
}

static CSAN_HOT void look_at_words(memory_word *words, size_t n, uintptr_t at, void *arg)
{
    struct seeker *k = arg;
    const struct halves halves = halves_of(k->s);
    size_t i = 0;
    for (; i + STEP <= n; i += STEP) {
        __builtin_prefetch(words + i + AHEAD);
        int others = others_of(words + i, &halves) | others_of(words + i + 4, &halves) << 4;
        for (unsigned in = (unsigned)others ^ 0xff; CSAN_UNLIKELY(in); in &= in - 1) {
            size_t w = i + (unsigned)__builtin_ctz(in);
            look_closely(k, words[w], at + w * sizeof *words);
        }
    }
    for (; i < n; i++)
        look_closely(k, words[i], at + i * sizeof *words);
}

static void look_at_root(const struct root *r, void *arg)
{
    struct seeker *k = arg;
    k->s->place = (struct place){.kind = r->kind, .tid = r->tid};
    csan__roots_words(r, &k->memory, look_at_words, k);
}

static CSAN_ALWAYS_INLINE void look_at_block(struct seeker *k, uintptr_t start)
{
    size_t asked;
    if (!csan__memory_asked(start, &asked))
        return;
    if (CSAN_LIKELY(asked < MEMORY_SPARSE) && CSAN_LIKELY(csan__readable_has(start, start + asked)))
        look_at_words((memory_word *)start, asked / sizeof(uintptr_t), start, k);
    else
        csan__memory_each(&k->memory, start, start + asked, look_at_words, k);
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

/* Those that begin in 64 times 16 bytes. */
static CSAN_ALWAYS_INLINE void look_at_bits(struct seeker *k, uintptr_t base, uint64_t bits,
                                            bool foreign)
{
    for (; bits && !k->s->enough; bits &= bits - 1) {
        uintptr_t start = base + ((uintptr_t)__builtin_ctzll(bits) << 4);
        if (CSAN_LIKELY(!foreign) || !is_stack_in_use(k->s->world, start))
            look_at_block(k, start);
    }
}

/* Those that begin in these pages of the bitmap. */
static void look_at_pages(struct seeker *k, const struct block_leaf *leaf, uint32_t page,
                          uint32_t npages)
{
    bool foreign = any_foreign_stack(k->s->world);
    for (uint32_t end = page + npages; page < end; page++)
        for (uint32_t w = 0; leaf->used[page] && w < MAP_PAGE_WORDS; w++) {
            uint32_t word = page * MAP_PAGE_WORDS + w;
            look_at_bits(k, leaf->base + ((uintptr_t)word << 10), leaf->bits[word], foreign);
        }
}

/* ---- several that look through the blocks */

static struct {
    uint32_t helpers; /* UINT32_MAX: as many as there are */
    uint32_t pages;   /* of fewer they are not worth it */
} crew_rule = {UINT32_MAX, 128};

void csan__pointers_crew(uint32_t helpers, uint32_t pages)
{
    crew_rule.helpers = helpers;
    crew_rule.pages = pages;
}

static void look_at_units(void *arg)
{
    struct seeker *k = arg;
    struct search *s = k->s;
    for (uint32_t n; (n = __atomic_fetch_add(&s->next_unit, 1, __ATOMIC_RELAXED)) < s->nunits;) {
        struct unit *u = &s->units[n];
        u->by = k;
        u->from = k->nseen;
        look_at_pages(k, u->leaf, u->page, UNIT_PAGES);
        u->n = k->nseen - u->from;
        u->again = k->full;
        k->full = false;
    }
}

static size_t seeker_bytes(void)
{
    return csan__base_round_up(sizeof(struct seeker), CSAN_PAGE);
}

static size_t seen_bytes(void)
{
    return SEEN_MAX * sizeof(struct sighting);
}

static void drop_seeker(struct seeker *k)
{
    if (!k)
        return;
    csan__memory_close(&k->memory);
    if (k->seen)
        csan__os_unmap(k->seen, seen_bytes());
    csan__os_unmap(k, seeker_bytes());
}

/* NULL: no memory. */
static struct seeker *make_seeker(struct search *s, bool keeps)
{
    struct seeker *k = csan__block_memory(seeker_bytes());
    if (!k)
        return NULL;
    k->s = s;
    csan__memory_open(&k->memory);
    if (keeps && !(k->seen = csan__block_memory(seen_bytes()))) {
        drop_seeker(k);
        return NULL;
    }
    return k;
}

static bool is_used(const struct block_leaf *leaf, uint32_t page)
{
    bool any = false;
    for (uint32_t i = 0; i < UNIT_PAGES; i++)
        any |= leaf->used[page + i];
    return any;
}

static uint32_t list_units(struct unit *to)
{
    uint32_t n = 0;
    for (const struct block_leaf *leaf = csan__block_leaves; leaf; leaf = leaf->next)
        for (uint32_t page = 0; page < MAP_PAGES; page += UNIT_PAGES)
            if (is_used(leaf, page)) {
                if (to)
                    to[n] = (struct unit){.leaf = leaf, .page = page};
                n++;
            }
    return n;
}

static size_t units_bytes(const struct search *s)
{
    return csan__base_round_up(s->nunits * sizeof *s->units, CSAN_PAGE);
}

/* In the order in which one thread would have come to them. */
static void tell_sightings(struct seeker *alone)
{
    struct search *s = alone->s;
    for (uint32_t n = 0; n < s->nunits && !s->enough; n++) {
        const struct unit *u = &s->units[n];
        for (uint32_t i = 0; i < u->n && !u->again; i++)
            meet(s, u->by->seen[u->from + i].word, u->by->seen[u->from + i].at);
        if (u->again)
            look_at_pages(alone, u->leaf, u->page, UNIT_PAGES);
    }
}

/* False: one does it alone. */
static bool look_together(struct seeker *alone)
{
    struct search *s = alone->s;
    s->nunits = list_units(NULL);
    uint32_t helpers = s->nunits * UNIT_PAGES >= crew_rule.pages ? crew_rule.helpers : 0;
    if (helpers == UINT32_MAX)
        helpers = csan__crew_size();
    if (!helpers || !(s->units = csan__block_memory(units_bytes(s))))
        return false;
    struct seeker *seekers[CREW_MAX + 1] = {make_seeker(s, true)};
    struct crew crew = {.n = 0};
    list_units(s->units);
    csan__readable_share();
    for (uint32_t i = 1; i <= helpers && seekers[0]; i++)
        if ((seekers[i] = make_seeker(s, true)))
            csan__crew_join(&crew, look_at_units, seekers[i]);
    if (seekers[0])
        look_at_units(seekers[0]);
    csan__crew_end(&crew);
    csan__readable_unshare();
    if (seekers[0])
        tell_sightings(alone);
    for (uint32_t i = 0; i <= helpers; i++)
        drop_seeker(seekers[i]);
    csan__os_unmap(s->units, units_bytes(s));
    return seekers[0] != NULL;
}

static void look_at_blocks(struct seeker *k)
{
    k->s->place = (struct place){.kind = PLACE_HEAP};
    if (look_together(k))
        return;
    for (const struct block_leaf *leaf = csan__block_leaves; leaf; leaf = leaf->next)
        look_at_pages(k, leaf, 0, MAP_PAGES);
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
    struct seeker *k = make_seeker(s, false);
    int failed = k ? make_targets(s) : -ENOMEM;
    if (!failed)
        failed = csan__roots_each(s->world, look_at_root, k);
    if (!failed)
        look_at_blocks(k);
    drop_targets(s);
    drop_seeker(k);
    return failed == -EINVAL ? 0 : failed;
}

int csan__pointers_find(const struct world *w, const struct range *ranges, size_t n,
                        pointer_found *found, void *arg)
{
    struct search s = {.ranges = ranges, .n = n, .world = w, .found = found, .arg = arg};
    if (!n)
        return 0;
    int failed = csan__block_freeze(w);
    if (failed)
        return failed;
    failed = search(&s);
    csan__block_thaw();
    return failed;
}
