#include "detect/roots.h"
#include "detect/linker.h"
#include "record/block_map.h"
#include "record/colour.h"
#include "record/large.h"
#include "record/ranges.h"
#include "record/readable.h"
#include "record/task.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

size_t csan__roots_static_tls_bytes = 4096;
size_t csan__roots_pthread_bytes = 2304; /* glibc 2.28 to 2.40 on x86-64 */

/* Bounds of the module that holds this code, by the linker; _start is in it only when that is the
 * program itself (libcsan.a). */
extern char __ehdr_start[] __attribute__((visibility("hidden")));
extern char _end[] __attribute__((visibility("hidden")));
extern char _start[] __attribute__((weak, visibility("hidden")));
static char *const volatile entry_of_program = _start; /* NULL in libcsan.so */

/* One walk over the roots. */
struct walk {
    const struct world *world;
    root_visit *each;
    void *arg;
};

static void visit(const struct walk *walk, enum place_kind kind, int tid, struct range at)
{
    struct root r = {kind, tid, at};
    if (at.lo < at.hi)
        walk->each(&r, walk->arg);
}

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
    return m->readable && !m->device && (m->writable || (anonymous && !m->shared)) &&
           !csan__colour_holds(m->at.lo);
}

/* Where malloc's heap begins in a mapping; 0: it is not there. Valgrind gives a program one of its
 * own making, of which the kernel does not know. */
static uintptr_t heap_in(const struct mapping *m, uintptr_t brk)
{
    if (strcmp(m->name, "[heap]") == 0)
        return brk > m->at.lo ? brk : m->at.lo;
    uintptr_t end = 0;
    if (csan__os_in_valgrind())
        end = (uintptr_t)csan__os_syscall(SYS_brk, 0, 0, 0, 0, 0, 0);
    return end > m->at.lo && end <= m->at.hi ? m->at.lo : 0;
}

static void add_heaps(struct holes *h, const struct world *w)
{
    uintptr_t brk = csan__task_stat(TASK_SELF, TASK_BRK);
    for (uint32_t i = 0; i < w->nmappings; i++) {
        const struct mapping *m = &w->mappings[i];
        if (!is_root(m))
            continue;
        uintptr_t heap = heap_in(m, brk);
        if (csan__block_lost())
            add_live_blocks(h, m->at.lo, m->at.hi);
        else if (heap)
            add_hole(h, heap, m->at.hi);
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

/* An unknown stack ends with the block, or the mapping, that holds it. */
struct range csan__roots_foreign_stack(const struct world *w, const struct stopped_thread *t)
{
    struct block b;
    if (t->stack.lo <= t->sp && t->sp < t->stack.hi)
        return (struct range){0, 0};
    if (csan__block_find(t->sp, &b))
        return (struct range){t->sp, b.start + b.asked};
    const struct mapping *m = mapping_of(w, t->sp);
    return (struct range){t->sp, m ? m->at.hi : t->sp};
}

static void each_stack(const struct walk *walk, const struct stopped_thread *t)
{
    if (t->stack.lo <= t->sp && t->sp < t->stack.hi) {
        visit(walk, PLACE_STACK, t->tid, (struct range){t->sp, t->stack.hi});
        return;
    }
    visit(walk, PLACE_STACK, t->tid, mapped_stack(walk->world, t));
    visit(walk, PLACE_STACK, t->tid, csan__roots_foreign_stack(walk->world, t));
}

/* ---- thread-locals */

struct dtv_entry {
    uintptr_t value; /* entry -1: how many follow entry 0 */
    uintptr_t to_free;
};

/* Drepper, "ELF Handling For Thread-Local Storage", variant II: static blocks below the thread
 * pointer, at 8 behind it the vector of dynamic ones. */
static struct range dtv_of(const struct stopped_thread *t)
{
    uintptr_t dtv, tp = t->thread_pointer;
    struct dtv_entry length;
    if (!tp || !csan__readable_copy(&dtv, tp + 8, sizeof dtv) || dtv % 8 || dtv < sizeof length ||
        !csan__readable_copy(&length, dtv - sizeof length, sizeof length) || length.value > 1 << 20)
        return (struct range){0, 0};
    return (struct range){dtv, dtv + (length.value + 1) * sizeof length};
}

/* Static ones, and libc's record of the thread. */
static struct range thread_area(const struct stopped_thread *t)
{
    uintptr_t tp = t->thread_pointer;
    if (!tp)
        return (struct range){0, 0};
    return (struct range){tp - csan__roots_static_tls_bytes, tp + csan__roots_pthread_bytes};
}

static void each_thread_local(const struct walk *walk, const struct stopped_thread *t)
{
    struct range area = thread_area(t), dtv = dtv_of(t);
    uintptr_t tp = t->thread_pointer;
    visit(walk, PLACE_THREAD_LOCAL, t->tid, (struct range){area.lo, tp});
    visit(walk, PLACE_SPECIFIC, t->tid, (struct range){tp, area.hi});
    visit(walk, PLACE_THREAD_LOCAL, t->tid, dtv);
}

/* Variant II: of a static one every thread's image lies as far below its thread pointer. */
static uintptr_t image_of(const struct tls_module *m, const struct stopped_thread *t)
{
    struct dtv_entry e, first;
    struct range dtv = dtv_of(t);
    uintptr_t slot = dtv.lo + m->id * sizeof e;
    if (m->below)
        return t->thread_pointer - m->below;
    if (slot >= dtv.hi || !csan__readable_copy(&e, slot, sizeof e) ||
        !csan__readable_copy(&first, dtv.lo, sizeof first))
        return 0;
    return !m->after || first.value > m->after ? e.value : 0;
}

static bool thread_local_of(const struct world *w, const struct stopped_thread *t,
                            struct place *place)
{
    for (uint32_t i = 0; i < w->ntls && t->thread_pointer; i++) {
        uintptr_t image = image_of(&w->tls[i], t);
        if (!image || place->at - image >= w->tls[i].bytes)
            continue;
        place->kind = PLACE_THREAD_LOCAL;
        place->tid = t->tid;
        place->module = csan__module_find_live(w->tls[i].inside);
        place->offset = place->at - image;
        return true;
    }
    return false;
}

bool csan__roots_thread_local(const struct world *w, struct place *place)
{
    for (uint32_t i = 0; i < w->nthreads; i++)
        if (thread_local_of(w, &w->threads[i], place))
            return true;
    return false;
}

/* glibc frees them when the thread's stack is used again, or when the thread next asks for a
 * variable of a newer module (elf/dl-tls.c: _dl_update_slotinfo). */
bool csan__roots_is_left_behind(const struct world *w, uintptr_t at)
{
    struct place place = {.at = at};
    for (uint32_t i = 0; i < w->nthreads; i++)
        if (!w->threads[i].thread_pointer)
            return false;
    return !csan__roots_thread_local(w, &place);
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
        struct range own = thread_area(&w->threads[i]), dtv = dtv_of(&w->threads[i]);
        add_hole(h, stack.lo, stack.hi);
        add_hole(h, own.lo, own.hi);
        add_hole(h, dtv.lo, dtv.hi);
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

static void each_mapping(const struct walk *walk, const struct mapping *one, const struct holes *h)
{
    uintptr_t lo = one->at.lo;
    size_t i = csan__ranges_below(h->at, h->n, lo);
    for (i = i ? i - 1 : 0; i < h->n && h->at[i].lo < one->at.hi; i++) {
        if (h->at[i].hi <= lo)
            continue;
        if (h->at[i].lo > lo)
            visit(walk, PLACE_MAPPED, 0, (struct range){lo, h->at[i].lo});
        lo = h->at[i].hi;
    }
    visit(walk, PLACE_MAPPED, 0, (struct range){lo, one->at.hi});
}

int csan__roots_each(const struct world *w, root_visit *each, void *arg)
{
    struct walk walk = {w, each, arg};
    struct holes h = {NULL, 0, 0, 0};
    int failed = w->nmappings ? find_holes(&h, w) : 0;
    if (failed)
        return failed;
    for (uint32_t i = 0; i < w->nmappings; i++)
        if (is_root(&w->mappings[i]))
            each_mapping(&walk, &w->mappings[i], &h);
    if (h.at)
        csan__os_unmap(h.at, h.bytes);
    for (uint32_t i = 0; i < w->nextra; i++)
        visit(&walk, PLACE_ADDED, 0, w->extra_roots[i]);
    for (uint32_t i = 0; i < w->nthreads; i++)
        each_thread_local(&walk, &w->threads[i]);
    visit(&walk, PLACE_THREAD, 0,
          (struct range){(uintptr_t)w->held, (uintptr_t)(w->held + w->nheld)});
    for (uint32_t i = 0; i < w->nthreads; i++) {
        each_stack(&walk, &w->threads[i]);
        visit(&walk, PLACE_REGISTER, w->threads[i].tid, w->threads[i].saved);
    }
    return 0;
}

void csan__roots_words(const struct root *r, struct memory *m, memory_visit *visit_words, void *arg)
{
    if (r->kind == PLACE_THREAD) /* csan's own copy */
        visit_words((memory_word *)r->at.lo, (r->at.hi - r->at.lo) / sizeof(uintptr_t), r->at.lo,
                    arg);
    else if (r->kind == PLACE_ADDED)
        csan__memory_each_copy(m, r->at.lo, r->at.hi, visit_words, arg);
    else
        csan__memory_each(m, r->at.lo, r->at.hi, visit_words, arg);
}

void csan__roots_mark_one(const struct root *r, struct mark *m)
{
    if (r->kind == PLACE_THREAD)
        csan__mark_words(m, (const uintptr_t *)r->at.lo, (r->at.hi - r->at.lo) / sizeof r->at.lo);
    else if (r->kind == PLACE_ADDED)
        csan__mark_scan_copy(m, r->at.lo, r->at.hi);
    else
        csan__mark_scan(m, r->at.lo, r->at.hi);
}

static void mark_root(const struct root *r, void *m)
{
    csan__roots_mark_one(r, m);
}

int csan__roots_mark(struct mark *m, const struct world *w)
{
    return csan__roots_each(w, mark_root, m);
}
