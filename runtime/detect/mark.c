#include "detect/mark.h"
#include "detect/crew.h"
#include "detect/mark_pool.h"
#include "detect/memory.h"
#include "record/colour.h"
#include "record/large.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define STACK_ROOM ((size_t)64 << 10)
#define QUEUE ((unsigned)16) /* blocks on their way into the cache; a power of 2 */
#define SEEN ((unsigned)16)  /* words whose place in the bitmaps is on its way; a power of 2 */

/* Bitmaps of the shape of block_leaf's. */
struct mark_leaf {
    uint64_t white[MAP_WORDS];
    uint64_t saved[MAP_WORDS];
    uint64_t gray[MAP_WORDS]; /* reached, to be scanned, and no room on the stack */
};

/* A block to be scanned: its address, and in the upper 16 bits, when it was reached through a
 * pointer to its inside that is still to be proved, the offset of that. */
#define ENTRY_OFFSET_AT 48
#define ENTRY_START (((uintptr_t)1 << ENTRY_OFFSET_AT) - 1)
_Static_assert(BLOCK_LARGE - 1 <= 0xffff, "the way back to a start fits 16 bits");

/* What the markers share, once there are several. */
struct team {
    struct mark_pool pool;
    struct crew crew;
    struct mark *helpers[CREW_MAX];
};

/* One marker: the verdict's, or a helper's, which has copies of what is above the line. */
struct mark {
    struct team *team;          /* NULL: alone */
    struct block_leaf **leaves; /* by address */
    size_t nleaves, leaves_bytes;
    uintptr_t lo, extent; /* a word outside [lo, lo + extent) points at no block */
    bool starts_only;
    /* ---- */
    bool is_helper, is_settled; /* the second: there is a team, or there will be none */
    struct mark_reach reach;
    bool has_gray;
    unsigned queue_at, queued, seen_at;
    uintptr_t queue[QUEUE];
    uintptr_t seen[SEEN]; /* 0: none */
    size_t depth;
    uintptr_t stack[STACK_ROOM];
    struct memory memory;
};

/* ---- white */

bool csan__mark_is_white(uintptr_t start)
{
    const struct block_leaf *leaf = csan__block_leaf(start);
    return leaf && __atomic_load_n(&leaf->marks->white[csan__block_word(start)], __ATOMIC_RELAXED) &
                       csan__block_bit(start);
}

/* Of several markers one gets true. */
static CSAN_ALWAYS_INLINE bool clear_white(const struct mark *m, uint64_t *word, uint64_t bit)
{
    if (CSAN_UNLIKELY(m && m->team))
        return __atomic_fetch_and(word, ~bit, __ATOMIC_RELAXED) & bit;
    uint64_t old = *word;
    *word = old & ~bit;
    return old & bit;
}

static CSAN_ALWAYS_INLINE bool take_white(const struct mark *m, uintptr_t start)
{
    const struct block_leaf *leaf = csan__block_leaf(start);
    return leaf &&
           clear_white(m, &leaf->marks->white[csan__block_word(start)], csan__block_bit(start));
}

void csan__mark_drop(uintptr_t start)
{
    take_white(NULL, start);
}

bool csan__mark_next(const struct mark *m, struct mark_cursor *at, uintptr_t *start)
{
    for (; at->leaf < m->nleaves; at->leaf++, at->bit = 0) {
        const struct block_leaf *leaf = m->leaves[at->leaf];
        at->bit = csan__block_next_bit(leaf, leaf->marks->white, at->bit);
        if (at->bit == MAP_NONE)
            continue;
        *start = leaf->base + ((uintptr_t)at->bit++ << 4);
        return true;
    }
    return false;
}

/* ---- pointers to the inside */

/* One past the end counts in one case: of C++'s `new T[0]`, where T has a destructor, there is no
 * more than the count, and the program has a pointer behind that. Of 16 bytes (T is aligned to 16)
 * it does not: there begins malloc's next chunk, and malloc itself points to that. */
static bool is_array_of_none(uintptr_t start, size_t asked)
{
    return asked == 8 && csan__readable_has(start, start + 8) && *(memory_word *)start == 0;
}

static CSAN_ALWAYS_INLINE bool holds(uintptr_t start, size_t asked, uintptr_t offset)
{
    return offset < asked || (offset == asked && is_array_of_none(start, asked));
}

/* ---- blocks that wait to be scanned */

/* A pointer to the inside is settled at once here: the gray bitmap has no room for an offset. */
static CSAN_COLD void push_gray(struct mark *m, uintptr_t entry)
{
    uintptr_t start = entry & ENTRY_START;
    size_t asked;
    if (entry != start && (!csan__memory_asked(start, &asked) ||
                           !holds(start, asked, entry >> ENTRY_OFFSET_AT) || !take_white(m, start)))
        return;
    __atomic_fetch_or(&csan__block_leaf(start)->marks->gray[csan__block_word(start)],
                      csan__block_bit(start), __ATOMIC_RELAXED);
    m->has_gray = true;
}

static CSAN_ALWAYS_INLINE void push(struct mark *m, uintptr_t entry)
{
    if (CSAN_LIKELY(m->depth < STACK_ROOM))
        m->stack[m->depth++] = entry;
    else
        push_gray(m, entry);
}

/* Moves gray blocks to the stack, of other markers too; false: there were none. */
static CSAN_COLD bool refill(struct mark *m)
{
    for (size_t i = 0; m->has_gray && i < m->nleaves; i++) {
        const struct block_leaf *leaf = m->leaves[i];
        uint64_t *gray = leaf->marks->gray;
        uint32_t bit = 0;
        while (m->depth < STACK_ROOM / 2 &&
               (bit = csan__block_next_bit(leaf, gray, bit)) != MAP_NONE) {
            uint64_t mask = (uint64_t)1 << (bit % 64);
            if (__atomic_fetch_and(&gray[bit / 64], ~mask, __ATOMIC_RELAXED) & mask)
                m->stack[m->depth++] = leaf->base + ((uintptr_t)bit << 4);
        }
    }
    m->has_gray = m->depth == STACK_ROOM / 2;
    return m->depth > 0;
}

/* ---- words */

/* Of C++'s arrays of objects with a destructor the program has a pointer behind their count, which
 * takes 8 bytes, or 16. */
static bool is_behind_count(uintptr_t word)
{
    uintptr_t start = word & 15 ? word - 8 : word - 16;
    size_t asked, head = word - start, count;
    if (!csan__block_is_live(start) || !csan__memory_asked(start, &asked) || asked <= head)
        return false;
    count = *(memory_word *)(word - 8);
    return count > 0 && (asked - head) % count == 0;
}

/* No block begins there: look for the one around it. */
static CSAN_NOINLINE void consider_inside(struct mark *m, uintptr_t word)
{
    if (m->starts_only && !is_behind_count(word))
        return;
    uintptr_t start = csan__block_below(word);
    if (start) {
        if (csan__mark_is_white(start))
            push(m, start | (word - start) << ENTRY_OFFSET_AT);
        return;
    }
    start = csan__large_frozen_find(word);
    if (start && take_white(m, start))
        push(m, start);
}

/* A word within the extent. */
static CSAN_ALWAYS_INLINE void settle(struct mark *m, uintptr_t word)
{
    const struct block_leaf *leaf = csan__block_top[word >> MAP_REGION_BITS];
    if (CSAN_LIKELY(leaf != NULL) && CSAN_LIKELY(!(word & 15))) {
        uint64_t *white = &leaf->marks->white[csan__block_word(word)];
        uint64_t bit = csan__block_bit(word);
        if (__atomic_load_n(white, __ATOMIC_RELAXED) & bit) {
            if (clear_white(m, white, bit))
                push(m, word);
            return;
        }
        if (leaf->bits[csan__block_word(word)] & bit)
            return;
    }
    consider_inside(m, word);
}

/* In a heap of gigabytes the bitmap too lies in memory that is far away. */
static CSAN_ALWAYS_INLINE void consider(struct mark *m, uintptr_t word)
{
    if (CSAN_LIKELY(word - m->lo >= m->extent))
        return;
    word = csan__colour_home(word);
    const struct block_leaf *leaf = csan__block_top[word >> MAP_REGION_BITS];
    if (CSAN_LIKELY(leaf != NULL))
        __builtin_prefetch(&leaf->marks->white[csan__block_word(word)]);
    uintptr_t earlier = m->seen[m->seen_at];
    m->seen[m->seen_at] = word;
    m->seen_at = (m->seen_at + 1) % SEEN;
    if (CSAN_LIKELY(earlier != 0))
        settle(m, earlier);
}

/* False: nothing came of it. */
static bool settle_all(struct mark *m)
{
    for (unsigned i = 0; i < SEEN; i++) {
        uintptr_t word = m->seen[i];
        m->seen[i] = 0;
        if (word)
            settle(m, word);
    }
    return m->depth > 0;
}

static CSAN_HOT void scan_words(memory_word *words, size_t n, uintptr_t at, void *arg)
{
    struct mark *m = arg;
    (void)at;
    for (memory_word *end = words + n; words < end; words++)
        consider(m, *words);
}

static CSAN_ALWAYS_INLINE void scan_block(struct mark *m, uintptr_t entry)
{
    uintptr_t start = entry & ENTRY_START, offset = entry >> ENTRY_OFFSET_AT;
    size_t asked;
    if (!csan__memory_asked(start, &asked))
        return;
    if (offset && (!holds(start, asked, offset) || !take_white(m, start)))
        return;
    m->reach.blocks++;
    m->reach.bytes += asked ? asked : 1;
    if (CSAN_LIKELY(asked < MEMORY_SPARSE) && CSAN_LIKELY(csan__readable_has(start, start + asked)))
        scan_words((memory_word *)start, asked / sizeof(uintptr_t), start, m);
    else
        csan__memory_each(&m->memory, start, start + asked, scan_words, m);
}

/* ---- several markers */

/* Fewer are done before a helper has begun. */
static struct {
    uint32_t helpers; /* UINT32_MAX: as many as there are */
    uint64_t after;
} crew_rule = {UINT32_MAX, 200000};

void csan__mark_crew(uint32_t helpers, uint64_t after)
{
    crew_rule.helpers = helpers;
    crew_rule.after = after;
}

static void drain(struct mark *m);

static void help(void *arg)
{
    drain(arg);
}

static size_t bytes_of_mark(void)
{
    return csan__base_round_up(sizeof(struct mark), CSAN_PAGE);
}

static void add_helper(const struct mark *m)
{
    struct team *team = m->team;
    struct mark *h = csan__block_memory(bytes_of_mark());
    if (!h)
        return;
    *h = (struct mark){.team = team, .leaves = m->leaves, .nleaves = m->nleaves};
    h->lo = m->lo;
    h->extent = m->extent;
    h->starts_only = m->starts_only;
    h->is_helper = h->is_settled = true;
    csan__memory_open(&h->memory);
    csan__mark_pool_add(&team->pool);
    if (csan__crew_join(&team->crew, help, h)) {
        team->helpers[team->crew.n - 1] = h;
        return;
    }
    team->pool.markers--; /* the last one, which never began */
    csan__memory_close(&h->memory);
    csan__os_unmap(h, bytes_of_mark());
}

static void end_team(struct mark *m)
{
    struct team *team = m->team;
    m->team = NULL;
    if (!team)
        return;
    uint32_t n = team->crew.n;
    csan__mark_pool_end(&team->pool);
    csan__crew_end(&team->crew);
    for (uint32_t i = 0; i < n; i++) {
        csan__memory_close(&team->helpers[i]->memory);
        csan__os_unmap(team->helpers[i], bytes_of_mark());
    }
    csan__os_unmap(team, csan__base_round_up(sizeof *team, CSAN_PAGE));
}

static CSAN_COLD void form_team(struct mark *m)
{
    m->is_settled = true;
    uint32_t n = crew_rule.helpers ? csan__crew_size() : 0;
    n = n && crew_rule.helpers != UINT32_MAX ? crew_rule.helpers : n;
    if (n == 0 || !(m->team = csan__block_memory(csan__base_round_up(sizeof *m->team, CSAN_PAGE))))
        return;
    csan__readable_share();
    csan__mark_pool_add(&m->team->pool);
    for (uint32_t i = 0; i < n; i++)
        add_helper(m);
    if (m->team->crew.n == 0)
        end_team(m);
}

/* The oldest go: mostly they lead to the most. */
static CSAN_COLD void give(struct mark *m)
{
    if (csan__mark_pool_give(&m->team->pool, m->stack)) {
        m->depth -= MARK_CHUNK;
        memcpy(m->stack, m->stack + m->depth, MARK_CHUNK * sizeof *m->stack);
    }
}

static CSAN_COLD bool take(struct mark *m)
{
    if (!csan__mark_pool_take(&m->team->pool, !m->is_helper, m->stack))
        return false;
    m->depth = MARK_CHUNK;
    return true;
}

/* From the stack into the queue, whose blocks are being fetched into the cache, and out of it when
 * its turn has come (Cher, Hosking, Vitek: Software prefetching for mark-sweep garbage collection,
 * ASPLOS 2004). */
static CSAN_HOT void drain(struct mark *m)
{
    for (;;) {
        while (m->queued < QUEUE && m->depth) {
            uintptr_t entry = m->stack[--m->depth];
            const char *block = (const char *)(entry & ENTRY_START);
            __builtin_prefetch(block - 8);
            __builtin_prefetch(block + 56);
            __builtin_prefetch(block + 120); /* the account, mostly */
            m->queue[(m->queue_at + m->queued++) % QUEUE] = entry;
        }
        if (!m->queued && !settle_all(m) && !refill(m) && !(m->team && take(m)))
            return;
        if (!m->queued)
            continue;
        uintptr_t entry = m->queue[m->queue_at];
        m->queue_at = (m->queue_at + 1) % QUEUE;
        m->queued--;
        scan_block(m, entry);
        if (CSAN_UNLIKELY(m->reach.blocks >= crew_rule.after) && !m->is_settled)
            form_team(m);
        if (CSAN_UNLIKELY(m->depth >= 2 * MARK_CHUNK) && m->team &&
            csan__mark_pool_wants(&m->team->pool))
            give(m);
    }
}

/* What the roots have led to, by all there are. */
static void follow(struct mark *m)
{
    if (m->team)
        csan__mark_pool_resume(&m->team->pool);
    drain(m);
}

void csan__mark_starts_only(struct mark *m)
{
    m->starts_only = true;
}

void csan__mark_scan(struct mark *m, uintptr_t lo, uintptr_t hi)
{
    csan__memory_each(&m->memory, lo, hi, scan_words, m);
    follow(m);
}

void csan__mark_scan_copy(struct mark *m, uintptr_t lo, uintptr_t hi)
{
    csan__memory_each_copy(&m->memory, lo, hi, scan_words, m);
    follow(m);
}

void csan__mark_words(struct mark *m, const uintptr_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        consider(m, words[i]);
    follow(m);
}

struct mark_reach csan__mark_flood(struct mark *m, uintptr_t start)
{
    bool settled = m->is_settled;
    end_team(m); /* what is reached is counted */
    m->is_settled = true;
    m->reach = (struct mark_reach){0, 0};
    if (take_white(m, start))
        push(m, start);
    drain(m);
    m->is_settled = settled;
    return m->reach;
}

/* ---- a verdict */

/* Insertion sort: they are few, a GiB of address space each. */
static void sort_leaves(struct mark *m)
{
    for (size_t i = 1; i < m->nleaves; i++) {
        struct block_leaf *one = m->leaves[i];
        size_t at = i;
        for (; at > 0 && m->leaves[at - 1]->base > one->base; at--)
            m->leaves[at] = m->leaves[at - 1];
        m->leaves[at] = one;
    }
}

static int list_leaves(struct mark *m)
{
    size_t n = 0;
    for (struct block_leaf *l = csan__block_leaves; l; l = l->next)
        n++;
    m->leaves_bytes = csan__base_round_up((n + 1) * sizeof *m->leaves, CSAN_PAGE);
    if (!(m->leaves = csan__block_memory(m->leaves_bytes)))
        return -ENOMEM;
    for (struct block_leaf *l = csan__block_leaves; l; l = l->next)
        m->leaves[m->nleaves++] = l;
    sort_leaves(m);
    return 0;
}

static void copy_pages(const struct block_leaf *leaf, uint64_t *to, const uint64_t *from)
{
    for (uint32_t page = 0; page < MAP_PAGES; page++)
        if (leaf->used[page])
            memcpy(to + page * MAP_PAGE_WORDS, from + page * MAP_PAGE_WORDS, CSAN_PAGE);
}

static int make_white(struct mark *m, struct block_leaf *leaf)
{
    leaf->marks = csan__block_memory(sizeof *leaf->marks);
    if (!leaf->marks)
        return -ENOMEM;
    csan__os_syscall(SYS_madvise, (long)leaf->marks, sizeof *leaf->marks, MADV_NOHUGEPAGE, 0, 0, 0);
    copy_pages(leaf, leaf->marks->white, leaf->bits);
    uintptr_t page_bytes = MAP_REGION / MAP_PAGES, hi = m->lo + m->extent;
    for (uint32_t page = 0; page < MAP_PAGES; page++) {
        if (!leaf->used[page])
            continue;
        uintptr_t at = leaf->base + page * page_bytes;
        m->lo = m->extent == 0 || at < m->lo ? at : m->lo;
        at += page_bytes + BLOCK_LARGE; /* the last small block may end behind its page */
        hi = at > hi ? at : hi;
        m->extent = hi - m->lo;
    }
    return 0;
}

/* A large block may end far behind the last start. */
static void set_upper_end(struct mark *m)
{
    size_t n;
    const struct range *all = csan__large_frozen(&n);
    if (n && all[n - 1].hi > m->lo + m->extent)
        m->extent = all[n - 1].hi - m->lo;
    uintptr_t top = MAP_TOP << MAP_REGION_BITS, colours = csan__colour_lo + csan__colour_bytes;
    if (csan__colour_bytes && colours > m->lo + m->extent)
        m->extent = colours - m->lo; /* shares are pointers, too */
    if (m->extent > top - m->lo)
        m->extent = top - m->lo; /* consider() looks in csan__block_top without asking again */
}

int csan__mark_begin(const struct world *w, struct mark **out)
{
    int failed = csan__block_freeze(w);
    if (failed)
        return failed;
    struct mark *m = csan__block_memory(bytes_of_mark());
    if (!m) {
        csan__block_thaw();
        return -ENOMEM;
    }
    csan__memory_open(&m->memory);
    failed = list_leaves(m);
    for (size_t i = 0; !failed && i < m->nleaves; i++)
        failed = make_white(m, m->leaves[i]);
    if (failed) {
        csan__mark_end(m);
        return failed;
    }
    set_upper_end(m);
    *out = m;
    return 0;
}

void csan__mark_end(struct mark *m)
{
    end_team(m);
    for (size_t i = 0; i < m->nleaves; i++) {
        if (m->leaves[i]->marks)
            csan__os_unmap(m->leaves[i]->marks, sizeof *m->leaves[i]->marks);
        m->leaves[i]->marks = NULL;
    }
    if (m->leaves)
        csan__os_unmap(m->leaves, m->leaves_bytes);
    csan__memory_close(&m->memory);
    csan__os_unmap(m, bytes_of_mark());
    csan__block_thaw();
}

uint64_t csan__mark_count(const struct mark *m)
{
    uint64_t n = 0;
    for (size_t i = 0; i < m->nleaves; i++) {
        const struct block_leaf *leaf = m->leaves[i];
        for (uint32_t w = 0; w < MAP_WORDS; w++) {
            if (!leaf->used[w / MAP_PAGE_WORDS])
                w |= MAP_PAGE_WORDS - 1;
            else
                n += (uint64_t)__builtin_popcountll(leaf->marks->white[w]);
        }
    }
    return n;
}

void csan__mark_save(const struct mark *m)
{
    for (size_t i = 0; i < m->nleaves; i++)
        copy_pages(m->leaves[i], m->leaves[i]->marks->saved, m->leaves[i]->marks->white);
}

void csan__mark_restore(const struct mark *m)
{
    for (size_t i = 0; i < m->nleaves; i++)
        copy_pages(m->leaves[i], m->leaves[i]->marks->white, m->leaves[i]->marks->saved);
}
