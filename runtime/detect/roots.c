#include "detect/roots.h"
#include "base/os.h"
#include "record/block_map.h"
#include "record/large.h"
#include "record/ranges.h"
#include "record/readable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

size_t csan__roots_static_tls_bytes = 4096;
size_t csan__roots_pthread_bytes = 2304; /* glibc 2.28 to 2.40 on x86-64 */

/* Bounds of the module that holds this code, by the linker; _start is in it only when that is the
 * program itself (libcsan.a). */
extern char __ehdr_start[] __attribute__((visibility("hidden")));
extern char _end[] __attribute__((visibility("hidden")));
extern char _start[] __attribute__((weak, visibility("hidden")));
static char *const volatile entry_of_program = _start; /* NULL in libcsan.so */

/* What is no root: gathered, sorted, then cut out of the mappings. */
struct holes {
    struct range *at;
    size_t n, room, bytes;
};

static void add_hole(struct holes *h, uintptr_t lo, uintptr_t hi)
{
    if (lo < hi && h->n < h->room)
        h->at[h->n] = (struct range){lo, hi};
    h->n += lo < hi; /* beyond room: counted, so that the next try has it */
}

static const struct mapping *mapping_of(const struct world *w, uintptr_t addr)
{
    uint32_t lo = 0, n = w->nmappings;
    while (n > 0) {
        uint32_t half = n / 2;
        if (w->mappings[lo + half].at.hi <= addr) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    const struct mapping *m = lo < w->nmappings ? &w->mappings[lo] : NULL;
    return m && m->at.lo <= addr ? m : NULL;
}

/* ---- malloc's memory */

/* glibc, malloc/arena.c: heaps of arenas other than the main one begin at a multiple of 64 MiB. */
#define ARENA_HEAP ((uintptr_t)64 << 20)
struct arena_heap {
    uintptr_t arena;
    uintptr_t previous;
    size_t size;
    size_t writable;
};

/* The sizes that the heap tells of itself must be those of the mapping that it is in. */
static bool is_arena_heap(uintptr_t base, uintptr_t mapping_hi)
{
    struct arena_heap h;
    uintptr_t whole = mapping_hi - base < ARENA_HEAP ? mapping_hi - base : ARENA_HEAP;
    if (!csan__block_chunk_headers || !csan__readable_copy(&h, base, sizeof h))
        return false;
    return h.arena && h.arena % 16 == 0 && h.previous % ARENA_HEAP == 0 && h.size &&
           h.size <= h.writable && h.writable % CSAN_PAGE == 0 && h.writable == whole;
}

/* A small block that glibc has given a mapping of its own (a low M_MMAP_THRESHOLD): its bytes. */
static bool own_mapping(const struct block *b, struct range *out)
{
    size_t header[2]; /* bytes before the chunk; its size and flags */
    if (!csan__block_chunk_headers || !csan__readable_copy(header, b->start - 16, sizeof header) ||
        !(header[1] & 2))
        return false;
    out->lo = b->start - 16 - header[0];
    out->hi = b->start - 16 + (header[1] & ~(size_t)7);
    return out->lo < b->start && out->hi > b->start;
}

/* Live small blocks in a mapping of no known kind: another malloc's, or the main arena where brk
 * has failed. What lies between the first and the last is malloc's; what is beyond may not be. */
static void add_heap_span(struct holes *h, uintptr_t lo, uintptr_t hi)
{
    struct range span = {0, 0}, own;
    struct block b;
    for (uintptr_t at = lo; (at = csan__block_above(at, hi)) != 0; at += 16) {
        if (span.lo) {
            span.hi = at; /* the last one's size is read below */
            continue;
        }
        if (!csan__block_at(at, &b))
            continue;
        if (b.usable >= BLOCK_LARGE)
            add_hole(h, b.start - 16, b.start + b.usable);
        else if (own_mapping(&b, &own))
            add_hole(h, own.lo, own.hi);
        else
            span = (struct range){at - 16, at};
    }
    if (!span.lo)
        return;
    uintptr_t end = csan__block_at(span.hi, &b) ? span.hi + b.usable : span.hi + 16;
    add_hole(h, span.lo, end);
}

static void add_heaps_in(struct holes *h, uintptr_t lo, uintptr_t hi)
{
    uintptr_t base = csan__base_round_up(lo, ARENA_HEAP);
    for (; base < hi; base += ARENA_HEAP) {
        if (!is_arena_heap(base, hi))
            continue;
        uintptr_t end = hi - base < ARENA_HEAP ? hi : base + ARENA_HEAP;
        add_heap_span(h, lo, base);
        add_hole(h, base, end);
        lo = end;
    }
    if (lo < hi)
        add_heap_span(h, lo, hi);
}

/* Field 47 of /proc/self/stat: without address space randomisation the kernel may show the
 * program's .bss and its heap as one mapping. 0: unknown. */
static uintptr_t start_of_brk(void)
{
    char text[1024];
    long fd = csan__os_open("/proc/thread-self/stat", O_RDONLY, 0);
    if (fd < 0)
        return 0;
    long n = csan__os_read((int)fd, text, sizeof text - 1);
    csan__os_close((int)fd);
    long at = n;
    while (at > 0 && text[at - 1] != ')')
        at--; /* the name of the program is field 2, and may hold anything */
    uintptr_t value = 0;
    for (int field = 2; at > 0 && at < n && field <= 47; at++) {
        if (text[at] == ' ')
            field++;
        else if (field == 47 && text[at] >= '0' && text[at] <= '9')
            value = value * 10 + (uintptr_t)(text[at] - '0');
    }
    return value;
}

/* Blocks that csan has no account of, for want of memory, may lie anywhere in the heap: then its
 * free parts are roots as well, and only the live blocks are cut out. */
static void add_live_blocks(struct holes *h, uintptr_t lo, uintptr_t hi)
{
    struct block b;
    for (uintptr_t at = lo; (at = csan__block_above(at, hi)) != 0; at += 16)
        if (csan__block_at(at, &b))
            add_hole(h, at, at + b.usable);
}

static bool is_root(const struct mapping *m)
{
    bool anonymous = m->name[0] == '\0' || m->name[0] == '[';
    return m->readable && !m->device && (m->writable || (anonymous && !m->shared));
}

static void add_heaps(struct holes *h, const struct world *w)
{
    uintptr_t brk = start_of_brk();
    for (uint32_t i = 0; i < w->nmappings; i++) {
        const struct mapping *m = &w->mappings[i];
        if (!is_root(m))
            continue;
        if (csan__block_lost())
            add_live_blocks(h, m->at.lo, m->at.hi);
        else if (strcmp(m->name, "[heap]") == 0)
            add_hole(h, brk > m->at.lo ? brk : m->at.lo, m->at.hi);
        else
            add_heaps_in(h, m->at.lo, m->at.hi);
    }
}

/* ---- stacks */

/* Of the known stack only what lies in the mapping of its upper end: its lower bound is where it
 * may grow to, and something else may be there by now. */
static struct range mapped_stack(const struct world *w, const struct stopped_thread *t)
{
    const struct mapping *m = t->stack.hi ? mapping_of(w, t->stack.hi - 1) : NULL;
    if (!m)
        return t->stack;
    return (struct range){t->stack.lo > m->at.lo ? t->stack.lo : m->at.lo, t->stack.hi};
}

/* The end of an unknown stack: of the block, or of the mapping, that holds it. */
static uintptr_t end_around(const struct world *w, uintptr_t sp)
{
    struct block b;
    if (csan__block_find(sp, &b))
        return b.start + b.asked;
    const struct mapping *m = mapping_of(w, sp);
    return m ? m->at.hi : sp;
}

static void mark_stack(struct mark *m, const struct world *w, const struct stopped_thread *t)
{
    if (t->stack.lo <= t->sp && t->sp < t->stack.hi) {
        csan__mark_scan(m, t->sp, t->stack.hi);
        return;
    }
    struct range own = mapped_stack(w, t);
    csan__mark_scan(m, own.lo, own.hi);
    csan__mark_scan(m, t->sp, end_around(w, t->sp));
}

/* ---- thread-locals */

struct dtv_entry {
    uintptr_t value; /* entry -1: how many follow entry 0 */
    uintptr_t to_free;
};

/* Drepper, "ELF Handling For Thread-Local Storage", variant II: static blocks below the thread
 * pointer, at 8 behind it the vector of dynamic ones. */
static void mark_thread_locals(struct mark *m, uintptr_t tp)
{
    uintptr_t dtv;
    struct dtv_entry length;
    if (!tp)
        return;
    csan__mark_scan(m, tp - csan__roots_static_tls_bytes, tp + csan__roots_pthread_bytes);
    if (!csan__readable_copy(&dtv, tp + 8, sizeof dtv) || dtv % 8 || dtv < sizeof length ||
        !csan__readable_copy(&length, dtv - sizeof length, sizeof length) || length.value > 1 << 20)
        return;
    csan__mark_scan(m, dtv, dtv + (length.value + 1) * sizeof length);
}

/* ---- all of it */

static void gather_holes(struct holes *h, const struct world *w)
{
    h->n = 0;
    if (!entry_of_program)
        add_hole(h, (uintptr_t)__ehdr_start & ~(CSAN_PAGE - 1),
                 csan__base_round_up((uintptr_t)_end, CSAN_PAGE));
    for (uint32_t i = 0; i < w->nnot_roots; i++)
        add_hole(h, w->not_roots[i].lo, w->not_roots[i].hi);
    for (uint32_t i = 0; i < w->nthreads; i++) {
        struct range stack = mapped_stack(w, &w->threads[i]);
        add_hole(h, stack.lo, stack.hi);
    }
    add_heaps(h, w);
}

/* Twice at most: the first pass may only count. */
static int find_holes(struct holes *h, const struct world *w)
{
    for (h->room = 1024;; h->room = h->n) {
        h->bytes = csan__base_round_up(h->room * sizeof *h->at, CSAN_PAGE);
        if (!(h->at = csan__block_memory(h->bytes)))
            return -ENOMEM;
        gather_holes(h, w);
        if (h->n <= h->room)
            break;
        csan__os_unmap(h->at, h->bytes);
    }
    csan__ranges_sort(h->at, h->n);
    h->n = csan__ranges_merge(h->at, h->n);
    return 0;
}

static void mark_mapping(struct mark *m, const struct mapping *one, const struct holes *h)
{
    uintptr_t lo = one->at.lo;
    size_t i = csan__ranges_below(h->at, h->n, lo);
    for (i = i ? i - 1 : 0; i < h->n && h->at[i].lo < one->at.hi; i++) {
        if (h->at[i].hi <= lo)
            continue;
        if (h->at[i].lo > lo)
            csan__mark_scan(m, lo, h->at[i].lo);
        lo = h->at[i].hi;
    }
    if (lo < one->at.hi)
        csan__mark_scan(m, lo, one->at.hi);
}

int csan__roots_mark(struct mark *m, const struct world *w)
{
    struct holes h = {NULL, 0, 0, 0};
    int failed = w->nmappings ? find_holes(&h, w) : 0;
    if (failed)
        return failed;
    for (uint32_t i = 0; i < w->nmappings; i++)
        if (is_root(&w->mappings[i]))
            mark_mapping(m, &w->mappings[i], &h);
    if (h.at)
        csan__os_unmap(h.at, h.bytes);
    for (uint32_t i = 0; i < w->nthreads; i++) {
        const struct stopped_thread *t = &w->threads[i];
        mark_stack(m, w, t);
        csan__mark_scan(m, t->saved.lo, t->saved.hi);
        mark_thread_locals(m, t->thread_pointer);
    }
    for (uint32_t i = 0; i < w->nextra; i++)
        csan__mark_scan(m, w->extra_roots[i].lo, w->extra_roots[i].hi);
    csan__mark_words(m, w->held, w->nheld);
    return 0;
}
