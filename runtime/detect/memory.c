#include "detect/memory.h"
#include "record/colour.h"

#include <fcntl.h>

void csan__memory_open(struct memory *m)
{
    m->pagemap = csan__os_open("/proc/thread-self/pagemap", O_RDONLY, 0);
    m->in_valgrind = csan__os_in_valgrind();
}

void csan__memory_close(struct memory *m)
{
    if (m->pagemap >= 0)
        csan__os_close((int)m->pagemap);
}

static void visit_words(uintptr_t lo, uintptr_t hi, memory_visit *visit, void *arg)
{
    visit((memory_word *)lo, (hi - lo) / sizeof(uintptr_t), lo, arg);
}

/* Page by page, by copies; pages that cannot be read are passed over. */
static CSAN_COLD void visit_copies(struct memory *m, struct range at, memory_visit *visit,
                                   void *arg)
{
    while (at.lo < at.hi) {
        uintptr_t end = (at.lo | (CSAN_PAGE - 1)) + 1;
        size_t n = (end < at.hi ? end : at.hi) - at.lo;
        size_t got = csan__os_read_memory(m->copy, (const void *)at.lo, n);
        visit((memory_word *)m->copy, got / sizeof(uintptr_t), at.lo, arg);
        at.lo += n;
    }
}

/* Pages of shared memory exist, whether or not this process has touched them. */
static bool read_colour(struct memory *m, uintptr_t page, size_t n)
{
    unsigned char *there = (unsigned char *)m->copy;
    _Static_assert(CSAN_COUNT(m->pages) <= sizeof m->copy, "a byte each");
    if (!csan__colour_present(page, n, there))
        return false;
    for (size_t i = 0; i < n; i++)
        m->pages[i] = (uint64_t)(there[i] & 1) << 63;
    return true;
}

/* What the kernel knows of n pages; false: nothing. */
static bool read_pagemap(struct memory *m, uintptr_t page, size_t n)
{
    if (csan__colour_holds(page))
        return read_colour(m, page, n);
    size_t bytes = n * sizeof m->pages[0];
    return m->pagemap >= 0 && csan__os_pread((int)m->pagemap, m->pages, bytes,
                                             page / CSAN_PAGE * sizeof m->pages[0]) == (long)bytes;
}

/* Only pages that exist: present or swapped out (Documentation/admin-guide/mm/pagemap.rst). One
 * that was never touched holds no pointer, or the file's bytes. */
static CSAN_COLD void visit_present(struct memory *m, const struct readable_span *s,
                                    memory_visit *visit, void *arg)
{
    uintptr_t lo = s->at.lo, hi = s->at.hi;
    while (lo < hi) {
        uintptr_t page = lo & ~(CSAN_PAGE - 1);
        size_t n = (csan__base_round_up(hi, CSAN_PAGE) - page) / CSAN_PAGE;
        if (n > CSAN_COUNT(m->pages))
            n = CSAN_COUNT(m->pages);
        uintptr_t end = page + n * CSAN_PAGE < hi ? page + n * CSAN_PAGE : hi;
        bool known = read_pagemap(m, page, n);
        if (!known && s->direct)
            visit_words(lo, end, visit, arg);
        else if (!known)
            visit_copies(m, (struct range){lo, end}, visit, arg);
        for (size_t i = 0; known && i < n; i++) {
            uintptr_t from = page + i * CSAN_PAGE, to = from + CSAN_PAGE;
            struct range at = {from > lo ? from : lo, to < end ? to : end};
            if (m->pages[i] >> 62 && m->in_valgrind)
                visit_copies(m, at, visit, arg);
            else if (m->pages[i] >> 62)
                visit_words(at.lo, at.hi, visit, arg);
        }
        lo = end;
    }
}

void csan__memory_each_copy(struct memory *m, uintptr_t lo, uintptr_t hi, memory_visit *visit,
                            void *arg)
{
    struct range words = {csan__base_round_up(lo, 8), hi & ~(uintptr_t)7};
    visit_copies(m, words, visit, arg);
}

void csan__memory_each(struct memory *m, uintptr_t lo, uintptr_t hi, memory_visit *visit, void *arg)
{
    lo = csan__base_round_up(lo, 8);
    hi &= ~(uintptr_t)7;
    if (hi <= lo)
        return;
    if (!csan__readable.count)
        visit_copies(m, (struct range){lo, hi}, visit, arg);
    const struct readable_span *s = csan__readable_from(lo);
    for (; s && s < csan__readable_end() && s->at.lo < hi; s++) {
        struct readable_span part = *s;
        part.at.lo = part.at.lo > lo ? part.at.lo : lo;
        part.at.hi = part.at.hi < hi ? part.at.hi : hi;
        if (part.direct && part.at.hi - part.at.lo < MEMORY_SPARSE)
            visit_words(part.at.lo, part.at.hi, visit, arg);
        else
            visit_present(m, &part, visit, arg);
    }
}
