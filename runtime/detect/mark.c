#include "detect/mark.h"
#include "base/os.h"
#include "record/block_map.h"
#include "record/large.h"
#include "record/readable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define STACK_ROOM ((size_t)64 << 10)
#define QUEUE ((unsigned)16) /* blocks on their way into the cache; a power of 2 */
#define SEEN ((unsigned)16)  /* words whose place in the bitmaps is on its way; a power of 2 */
#define SPARSE ((size_t)256 << 10) /* from here on it pays to ask which pages exist */

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

struct mark {
    struct block_leaf **leaves; /* by address */
    size_t nleaves, leaves_bytes;
    uintptr_t lo, extent; /* a word outside [lo, lo + extent) points at no block */
    struct mark_reach reach;
    long pagemap; /* descriptor, or -errno */
    bool has_gray;
    unsigned queue_at, queued, seen_at;
    uintptr_t queue[QUEUE];
    uintptr_t seen[SEEN]; /* 0: none */
    size_t depth;
    uintptr_t stack[STACK_ROOM];
    uint64_t pages[CSAN_PAGE / sizeof(uint64_t)];
    char copy[CSAN_PAGE] __attribute__((aligned(16)));
};

typedef const uintptr_t __attribute__((may_alias)) root_word;

/* ---- white */

bool csan__mark_is_white(uintptr_t start)
{
    const struct block_leaf *leaf = csan__block_leaf(start);
    return leaf && leaf->marks->white[csan__block_word(start)] & csan__block_bit(start);
}

static CSAN_ALWAYS_INLINE bool take_white(uintptr_t start)
{
    const struct block_leaf *leaf = csan__block_leaf(start);
    uint64_t bit = csan__block_bit(start);
    if (!leaf)
        return false;
    uint64_t *word = &leaf->marks->white[csan__block_word(start)], old = *word;
    *word = old & ~bit;
    return old & bit;
}

void csan__mark_drop(uintptr_t start)
{
    take_white(start);
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

/* ---- blocks that wait to be scanned */

/* Asked bytes of a live block; false: its memory cannot be read. */
static CSAN_ALWAYS_INLINE bool read_asked(uintptr_t start, size_t *asked)
{
    size_t header = 0;
    if (CSAN_LIKELY(csan__block_chunk_headers) &&
        CSAN_LIKELY(csan__readable_has(start - 16, start)))
        header = ((root_word *)start)[-1];
    size_t usable = csan__block_usable_by_header(header);
    if (CSAN_LIKELY(header != 0) && usable - BLOCK_TAIL < BLOCK_LARGE - BLOCK_TAIL &&
        CSAN_LIKELY(csan__readable_has(start, start + usable))) {
        uint64_t word = *(account_word *)(start + usable - BLOCK_TAIL);
        if (CSAN_LIKELY(csan__account_tells(start, usable, word))) {
            *asked = usable - BLOCK_TAIL - csan__account_slack(word);
            return true;
        }
    }
    struct block b;
    if (!csan__block_at(start, &b))
        return false;
    *asked = b.asked;
    return true;
}

/* A pointer to the inside is settled at once here: the gray bitmap has no room for an offset. */
static CSAN_COLD void push_gray(struct mark *m, uintptr_t entry)
{
    uintptr_t start = entry & ENTRY_START;
    size_t asked;
    if (entry != start &&
        (!read_asked(start, &asked) || entry >> ENTRY_OFFSET_AT >= asked || !take_white(start)))
        return;
    csan__block_leaf(start)->marks->gray[csan__block_word(start)] |= csan__block_bit(start);
    m->has_gray = true;
}

static CSAN_ALWAYS_INLINE void push(struct mark *m, uintptr_t entry)
{
    if (CSAN_LIKELY(m->depth < STACK_ROOM))
        m->stack[m->depth++] = entry;
    else
        push_gray(m, entry);
}

/* Moves gray blocks to the stack; false: there were none. */
static CSAN_COLD bool refill(struct mark *m)
{
    for (size_t i = 0; m->has_gray && i < m->nleaves; i++) {
        const struct block_leaf *leaf = m->leaves[i];
        uint64_t *gray = leaf->marks->gray;
        uint32_t bit = 0;
        while (m->depth < STACK_ROOM / 2 &&
               (bit = csan__block_next_bit(leaf, gray, bit)) != MAP_NONE) {
            gray[bit / 64] &= ~((uint64_t)1 << (bit % 64));
            m->stack[m->depth++] = leaf->base + ((uintptr_t)bit << 4);
        }
    }
    m->has_gray = m->depth == STACK_ROOM / 2;
    return m->depth > 0;
}

/* ---- words */

/* No block begins there: look for the one around it. */
static CSAN_NOINLINE void consider_inside(struct mark *m, uintptr_t word)
{
    uintptr_t start = csan__block_below(word);
    if (start) {
        if (csan__mark_is_white(start))
            push(m, start | (word - start) << ENTRY_OFFSET_AT);
        return;
    }
    start = csan__large_frozen_find(word);
    if (start && take_white(start))
        push(m, start);
}

/* A word within the extent. */
static CSAN_ALWAYS_INLINE void settle(struct mark *m, uintptr_t word)
{
    const struct block_leaf *leaf = csan__block_top[word >> MAP_REGION_BITS];
    if (CSAN_LIKELY(leaf != NULL) && CSAN_LIKELY(!(word & 15))) {
        uint64_t *white = &leaf->marks->white[csan__block_word(word)];
        uint64_t bit = csan__block_bit(word);
        if (*white & bit) {
            *white &= ~bit;
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

static CSAN_HOT void scan_words(struct mark *m, uintptr_t lo, uintptr_t hi)
{
    for (root_word *at = (root_word *)lo; at < (root_word *)hi; at++)
        consider(m, *at);
}

/* Page by page, by copies; pages that cannot be read are passed over. */
static CSAN_COLD void scan_copies(struct mark *m, uintptr_t lo, uintptr_t hi)
{
    while (lo < hi) {
        uintptr_t end = (lo | (CSAN_PAGE - 1)) + 1;
        size_t n = (end < hi ? end : hi) - lo;
        size_t got = csan__os_read_memory(m->copy, (const void *)lo, n);
        scan_words(m, (uintptr_t)m->copy, (uintptr_t)m->copy + (got & ~(size_t)7));
        lo += n;
    }
}

/* Only pages that exist: present or swapped out (Documentation/admin-guide/mm/pagemap.rst). One
 * that was never touched holds no pointer, or the file's bytes. */
static CSAN_COLD void scan_present(struct mark *m, uintptr_t lo, uintptr_t hi, bool direct)
{
    while (lo < hi) {
        uintptr_t page = lo & ~(CSAN_PAGE - 1);
        size_t n = (csan__base_round_up(hi, CSAN_PAGE) - page) / CSAN_PAGE;
        if (n > CSAN_COUNT(m->pages))
            n = CSAN_COUNT(m->pages);
        uintptr_t end = page + n * CSAN_PAGE < hi ? page + n * CSAN_PAGE : hi;
        long bytes = (long)(n * sizeof m->pages[0]);
        bool known =
            m->pagemap >= 0 && csan__os_pread((int)m->pagemap, m->pages, (size_t)bytes,
                                              page / CSAN_PAGE * sizeof m->pages[0]) == bytes;
        if (!known && direct)
            scan_words(m, lo, end);
        else if (!known)
            scan_copies(m, lo, end);
        for (size_t i = 0; known && i < n; i++) {
            uintptr_t from = page + i * CSAN_PAGE, to = from + CSAN_PAGE;
            if (m->pages[i] >> 62)
                scan_words(m, from > lo ? from : lo, to < end ? to : end);
        }
        lo = end;
    }
}

static void scan_range(struct mark *m, uintptr_t lo, uintptr_t hi)
{
    lo = csan__base_round_up(lo, 8);
    hi &= ~(uintptr_t)7;
    if (hi <= lo)
        return;
    if (!csan__readable.count)
        scan_copies(m, lo, hi);
    const struct readable_span *s = csan__readable_from(lo);
    for (; s && s < csan__readable_end() && s->at.lo < hi; s++) {
        uintptr_t from = s->at.lo > lo ? s->at.lo : lo, to = s->at.hi < hi ? s->at.hi : hi;
        if (s->direct && to - from < SPARSE)
            scan_words(m, from, to);
        else
            scan_present(m, from, to, s->direct);
    }
}

static CSAN_ALWAYS_INLINE void scan_block(struct mark *m, uintptr_t entry)
{
    uintptr_t start = entry & ENTRY_START, offset = entry >> ENTRY_OFFSET_AT;
    size_t asked;
    if (!read_asked(start, &asked))
        return;
    if (offset && (offset >= asked || !take_white(start)))
        return;
    m->reach.blocks++;
    m->reach.bytes += asked ? asked : 1;
    uintptr_t end = (start + asked) & ~(uintptr_t)7;
    if (CSAN_LIKELY(asked < SPARSE) && CSAN_LIKELY(csan__readable_has(start, end)))
        scan_words(m, start, end);
    else
        scan_range(m, start, end);
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
        if (!m->queued && !settle_all(m) && !refill(m))
            return;
        if (!m->queued)
            continue;
        uintptr_t entry = m->queue[m->queue_at];
        m->queue_at = (m->queue_at + 1) % QUEUE;
        m->queued--;
        scan_block(m, entry);
    }
}

void csan__mark_scan(struct mark *m, uintptr_t lo, uintptr_t hi)
{
    scan_range(m, lo, hi);
    drain(m);
}

void csan__mark_words(struct mark *m, const uintptr_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        consider(m, words[i]);
    drain(m);
}

struct mark_reach csan__mark_flood(struct mark *m, uintptr_t start)
{
    m->reach = (struct mark_reach){0, 0};
    if (take_white(start))
        push(m, start);
    drain(m);
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
    uintptr_t top = MAP_TOP << MAP_REGION_BITS;
    if (m->extent > top - m->lo)
        m->extent = top - m->lo; /* consider() looks in csan__block_top without asking again */
}

int csan__mark_begin(const struct world *w, struct mark **out)
{
    size_t bytes = csan__base_round_up(sizeof(struct mark), CSAN_PAGE);
    int failed = csan__block_freeze(w);
    if (failed)
        return failed;
    struct mark *m = csan__block_memory(bytes);
    if (!m) {
        csan__block_thaw();
        return -ENOMEM;
    }
    m->pagemap = csan__os_open("/proc/thread-self/pagemap", O_RDONLY, 0);
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
    for (size_t i = 0; i < m->nleaves; i++) {
        if (m->leaves[i]->marks)
            csan__os_unmap(m->leaves[i]->marks, sizeof *m->leaves[i]->marks);
        m->leaves[i]->marks = NULL;
    }
    if (m->leaves)
        csan__os_unmap(m->leaves, m->leaves_bytes);
    if (m->pagemap >= 0)
        csan__os_close((int)m->pagemap);
    csan__os_unmap(m, csan__base_round_up(sizeof *m, CSAN_PAGE));
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
