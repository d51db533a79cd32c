#include "record/colour.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

#define PIECES 48u
#define PIECE_MIN ((size_t)4 << 20)
#define PIECE_ALIGN ((size_t)2 << 20)
#define HEADER 16u
#define LEAD 64u /* from the page's start to the block, where its alignment asks for no more */
#define TAIL ((size_t)8)
#define SPANS 512u /* of a chunk */
#define CHUNKS 8192u
#define BINS 64u             /* of freed spans, by pages; the last: all larger ones */
#define QUARANTINE 65536u    /* freed spans that are not used again */
#define GUARD_PAGES 512u     /* more: by mprotect, which costs no more for more pages */
#define PROTECTED_MAX 12000u /* each may cost two mappings of the 65,530 that a process has */
#define WINDOWS_LO ((uintptr_t)0x600000000000) /* far from what the kernel gives by itself */
#define FAILED(r) ((unsigned long)(r) > -4096UL)

uintptr_t csan__colour_lo;
size_t csan__colour_bytes;

/* Shared memory that is mapped at one offset of each window. */
struct piece {
    size_t at, bytes; /* from the window's start */
    size_t used;
    uint64_t mapped; /* colours; lock */
    uintptr_t copy;  /* around fork; 0: none */
};

static struct {
    struct lock lock; /* of piece.mapped, and of what is counted */
    uint32_t npieces;
    struct piece pieces[PIECES];
    uint32_t *span_of; /* page → span; 0: none */
    struct span **chunks;
    uint32_t spans_end;
    uint32_t unused;
    uint32_t bins[BINS + 1];
    uint32_t oldest, newest, waiting; /* freed ones */
    uint32_t protected;
    uint64_t unguarded;
    bool has_guard; /* MADV_GUARD_INSTALL is known to the kernel, as far as it was tried */
    bool is_shared_with_parent;
} the = {.lock = LOCK_INIT(LOCK_COLOUR), .spans_end = 1, .has_guard = true};

/* ---- windows */

static CSAN_ALWAYS_INLINE uintptr_t address(unsigned colour, size_t offset)
{
    return csan__colour_lo + ((uintptr_t)colour << COLOUR_WINDOW_BITS) + offset;
}

static long advise(uintptr_t at, size_t bytes, int what)
{
    return csan__os_syscall(SYS_madvise, (long)at, (long)bytes, what, 0, 0, 0);
}

static long map(uintptr_t at, size_t bytes, int prot, int flags)
{
    return csan__os_syscall(SYS_mmap, (long)at, (long)bytes, prot,
                            flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* Only where nothing is. An old kernel takes the address for a wish. */
static bool map_at(uintptr_t at, size_t bytes, int prot, int flags)
{
    long p = map(at, bytes, prot, flags | MAP_FIXED_NOREPLACE);
    if (!FAILED(p) && (uintptr_t)p != at)
        csan__os_unmap((void *)p, bytes);
    return (uintptr_t)p == at;
}

/* What the program may map is the program's: of a limited address space csan takes none. */
static bool is_limited(void)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    csan__os_syscall(SYS_prlimit64, 0, RLIMIT_AS, 0, (long)&limit, 0, 0);
    return limit.rlim_cur != RLIM_INFINITY;
}

/* Nothing is mapped before it is needed: the program may limit its address space later on. */
int csan__colour_start(void)
{
    if (csan__colour_bytes)
        return 0;
    if (is_limited())
        return -EAGAIN;
    the.span_of = csan__os_map(COLOUR_WINDOW / CSAN_PAGE * sizeof *the.span_of);
    the.chunks = csan__os_map(CHUNKS * sizeof *the.chunks);
    if (!the.span_of || !the.chunks)
        return -ENOMEM;
    csan__colour_lo = WINDOWS_LO;
    csan__colour_bytes = (COLOURS + 1) * COLOUR_WINDOW;
    return 0;
}

static struct piece *add_piece(size_t need)
{
    struct piece *last = the.npieces ? &the.pieces[the.npieces - 1] : NULL;
    size_t at = last ? last->at + last->bytes : 0, bytes = at > PIECE_MIN ? at : PIECE_MIN;
    need = csan__base_round_up(need, PIECE_ALIGN);
    bytes = bytes > need ? bytes : need;
    if (bytes > COLOUR_WINDOW - at)
        bytes = need;
    if (the.npieces == PIECES || need > COLOUR_WINDOW - at)
        return NULL;
    if (!map_at(address(0, at), bytes, PROT_READ | PROT_WRITE, MAP_SHARED))
        return NULL;
    struct piece *piece = &the.pieces[the.npieces];
    *piece = (struct piece){.at = at, .bytes = bytes, .mapped = 1};
    __atomic_store_n(&the.npieces, the.npieces + 1, __ATOMIC_RELEASE);
    return piece;
}

static struct piece *piece_of(size_t offset)
{
    for (uint32_t i = 0; i < __atomic_load_n(&the.npieces, __ATOMIC_ACQUIRE); i++)
        if (offset - the.pieces[i].at < the.pieces[i].bytes)
            return &the.pieces[i];
    return NULL;
}

static bool map_colour(const struct piece *p, unsigned colour)
{
    uintptr_t to = address(colour, p->at);
    if (!(p->mapped >> colour & 1) && !map_at(to, p->bytes, PROT_NONE, MAP_PRIVATE))
        return false;
    long got = csan__os_syscall(SYS_mremap, (long)address(0, p->at), 0, (long)p->bytes,
                                MREMAP_MAYMOVE | MREMAP_FIXED, (long)to, 0);
    if (FAILED(got))
        return false;
    advise(to, p->bytes, MADV_DONTDUMP);
    return colour >= COLOUR_LOANS || !FAILED(csan__os_protect((void *)to, p->bytes, PROT_READ));
}

static bool has_colour(const struct span *s, unsigned colour)
{
    struct piece *p = piece_of((size_t)s->first * CSAN_PAGE);
    uint64_t bit = (uint64_t)1 << colour;
    if (__atomic_load_n(&p->mapped, __ATOMIC_ACQUIRE) & bit)
        return true;
    csan__lock_take(&the.lock);
    if (!(p->mapped & bit) && map_colour(p, colour))
        __atomic_fetch_or(&p->mapped, bit, __ATOMIC_RELEASE);
    csan__lock_give(&the.lock);
    return p->mapped & bit;
}

/* ---- guards */

static int prot_of(unsigned colour)
{
    return colour == 0 || colour >= COLOUR_LOANS ? PROT_READ | PROT_WRITE : PROT_READ;
}

static bool guard_pages(uintptr_t at, size_t bytes)
{
    if (!__atomic_load_n(&the.has_guard, __ATOMIC_RELAXED))
        return false;
    long r = advise(at, bytes, MADV_GUARD_INSTALL);
    if (r == -EINVAL)
        __atomic_store_n(&the.has_guard, false, __ATOMIC_RELAXED);
    return !FAILED(r);
}

static bool protect_pages(uintptr_t at, size_t bytes)
{
    if (__atomic_load_n(&the.protected, __ATOMIC_RELAXED) >= PROTECTED_MAX ||
        FAILED(csan__os_protect((void *)at, bytes, PROT_NONE)))
        return false;
    __atomic_fetch_add(&the.protected, 1, __ATOMIC_RELAXED);
    return true;
}

static void guard(struct span *s, unsigned colour)
{
    uintptr_t at = address(colour, (size_t)s->first * CSAN_PAGE);
    size_t bytes = (size_t)s->pages * CSAN_PAGE;
    uint64_t bit = (uint64_t)1 << colour;
    bool small = s->pages <= GUARD_PAGES, done = small && guard_pages(at, bytes);
    bool by_protect = !done && protect_pages(at, bytes);
    if (!done && !by_protect && !small)
        done = guard_pages(at, bytes);
    if (by_protect)
        __atomic_fetch_or(&s->protected, bit, __ATOMIC_RELAXED);
    if (done || by_protect)
        __atomic_fetch_or(&s->guarded, bit, __ATOMIC_RELEASE);
    else
        __atomic_fetch_add(&the.unguarded, 1, __ATOMIC_RELAXED);
}

void csan__colour_unguard(struct span *s, unsigned colour)
{
    uintptr_t at = address(colour, (size_t)s->first * CSAN_PAGE);
    size_t bytes = (size_t)s->pages * CSAN_PAGE;
    uint64_t bit = (uint64_t)1 << colour;
    if (!(__atomic_load_n(&s->guarded, __ATOMIC_ACQUIRE) & bit))
        return;
    if (__atomic_fetch_and(&s->protected, ~bit, __ATOMIC_RELAXED) & bit) {
        csan__os_protect((void *)at, bytes, prot_of(colour));
        __atomic_fetch_sub(&the.protected, 1, __ATOMIC_RELAXED);
    } else {
        advise(at, bytes, MADV_GUARD_REMOVE);
    }
    __atomic_fetch_and(&s->guarded, ~bit, __ATOMIC_RELEASE);
}

uint64_t csan__colour_unguarded(void)
{
    return __atomic_load_n(&the.unguarded, __ATOMIC_RELAXED);
}

/* Where no mapping is left for a page of another kind, all of the piece in that colour is opened:
 * stores of other threads there are missed for that moment. */
static void set_store(uintptr_t page, int prot)
{
    const struct piece *p = piece_of((page - csan__colour_lo) & (COLOUR_WINDOW - 1));
    if (FAILED(csan__os_protect((void *)page, CSAN_PAGE, prot)) && p)
        csan__os_protect((void *)address(csan__colour_of(page), p->at), p->bytes, prot);
}

bool csan__colour_open(uintptr_t page)
{
    set_store(page, PROT_READ | PROT_WRITE);
    return true;
}

void csan__colour_close(uintptr_t page)
{
    set_store(page, PROT_READ);
}

/* ---- spans */

static CSAN_ALWAYS_INLINE struct span *span_at(uint32_t id)
{
    return &__atomic_load_n(&the.chunks[id / SPANS], __ATOMIC_ACQUIRE)[id % SPANS];
}

struct span *csan__colour_span(uintptr_t addr)
{
    if (!csan__colour_holds(addr))
        return NULL;
    size_t page = (addr & (COLOUR_WINDOW - 1)) / CSAN_PAGE;
    uint32_t id = __atomic_load_n(&the.span_of[page], __ATOMIC_ACQUIRE);
    return id ? span_at(id) : NULL;
}

static uint32_t id_of(const struct span *s)
{
    return the.span_of[s->first];
}

static uint32_t new_id(void)
{
    uint32_t id = the.spans_end;
    if (id / SPANS >= CHUNKS)
        return 0;
    if (!the.chunks[id / SPANS]) {
        struct span *chunk = csan__arena_alloc(SPANS * sizeof *chunk);
        if (!chunk)
            return 0;
        __atomic_store_n(&the.chunks[id / SPANS], chunk, __ATOMIC_RELEASE);
    }
    the.spans_end++;
    return id;
}

/* How a block of so many bytes is to lie. */
struct fit {
    size_t align, lead, usable;
    uint32_t pages;
};

static struct fit fit_of(size_t asked, uintptr_t like)
{
    struct fit f = {.align = like & -like, .usable = csan__base_round_up(asked + TAIL, 16)};
    if (f.align > PIECE_ALIGN)
        f.align = PIECE_ALIGN;
    f.lead = f.align <= LEAD ? LEAD : f.align < CSAN_PAGE ? f.align : CSAN_PAGE;
    f.pages = (uint32_t)((f.lead + f.usable + CSAN_PAGE - 1) / CSAN_PAGE);
    return f;
}

static bool is_aligned(const struct fit *f, size_t offset)
{
    return (offset + f->lead) % f->align == 0;
}

static bool serves(const struct span *s, const struct fit *f)
{
    size_t offset = (size_t)s->first * CSAN_PAGE;
    return s->pages == f->pages && is_aligned(f, offset);
}

static uint32_t *bin_of(uint32_t pages)
{
    return &the.bins[pages < BINS ? pages : BINS];
}

static struct span *used_again(const struct fit *f)
{
    uint32_t *link = bin_of(f->pages);
    for (int tries = 0; *link && tries < 64; tries++, link = &span_at(*link)->next) {
        struct span *s = span_at(*link);
        if (!serves(s, f))
            continue;
        *link = s->next;
        return s;
    }
    return NULL;
}

static struct span *fresh(const struct fit *f)
{
    size_t bytes = (size_t)f->pages * CSAN_PAGE;
    struct piece *p = the.npieces ? &the.pieces[the.npieces - 1] : NULL;
    size_t offset = p ? p->at + p->used : 0;
    while (p && !is_aligned(f, offset))
        offset += CSAN_PAGE;
    if (!p || offset + bytes > p->at + p->bytes) {
        if (!(p = add_piece(bytes + f->align)))
            return NULL;
        offset = p->at;
        while (!is_aligned(f, offset))
            offset += CSAN_PAGE;
    }
    uint32_t id = new_id();
    if (!id)
        return NULL;
    struct span *s = span_at(id);
    s->first = (uint32_t)(offset / CSAN_PAGE);
    s->pages = f->pages;
    p->used = offset + bytes - p->at;
    for (uint32_t page = 0; page < s->pages; page++)
        __atomic_store_n(&the.span_of[s->first + page], id, __ATOMIC_RELEASE);
    return s;
}

struct span *csan__colour_make(size_t asked, uintptr_t like)
{
    if (asked > COLOUR_WINDOW / 2 || csan__colour_start() != 0)
        return NULL;
    struct fit f = fit_of(asked, like);
    struct span *s = used_again(&f);
    if (!s && !(s = fresh(&f)))
        return NULL;
    s->usable = f.usable;
    s->at = address(0, (size_t)s->first * CSAN_PAGE + f.lead);
    s->freed_stack = 0;
    size_t *header = (size_t *)(s->at - HEADER);
    header[0] = 0;
    header[1] = (s->usable + HEADER) | 2; /* glibc's IS_MMAPPED */
    return s;
}

/* All that was guarded is free for another block. */
static void recycle(struct span *s)
{
    for (unsigned c = 0; c <= COLOURS; c++)
        csan__colour_unguard(s, c);
    for (unsigned k = 0; k < CSAN_COUNT(s->uses); k++)
        if (s->uses[k])
            memset(s->uses[k], 0, COLOUR_USES * sizeof *s->uses[k]);
    s->live = s->common = 0;
    uint32_t *bin = bin_of(s->pages);
    s->next = *bin;
    *bin = id_of(s);
}

static void put_into_quarantine(struct span *s)
{
    uint32_t id = id_of(s);
    s->next = 0;
    if (the.newest)
        span_at(the.newest)->next = id;
    else
        the.oldest = id;
    the.newest = id;
    if (++the.waiting <= QUARANTINE)
        return;
    struct span *oldest = span_at(the.oldest);
    the.oldest = oldest->next;
    the.waiting--;
    recycle(oldest);
}

void csan__colour_free(struct span *s, uint32_t stack)
{
    __atomic_store_n(&s->freed_stack, stack ? stack : 1, __ATOMIC_RELEASE);
    advise(address(0, (size_t)s->first * CSAN_PAGE), (size_t)s->pages * CSAN_PAGE, MADV_REMOVE);
    for (unsigned c = 0; c <= COLOURS; c++)
        if (c == 0 || s->live >> c & 1)
            guard(s, c);
    put_into_quarantine(s);
}

/* ---- colours */

struct colour_use *csan__colour_use(const struct span *s, unsigned colour)
{
    struct colour_use *chunk = __atomic_load_n(&s->uses[colour / COLOUR_USES], __ATOMIC_ACQUIRE);
    return chunk ? &chunk[colour % COLOUR_USES] : NULL;
}

/* The one that has been nobody's for the longest; 0: none. */
static unsigned next_free(const struct span *s, bool loan)
{
    unsigned lo = loan ? COLOUR_LOANS : 1,
             n = loan ? COLOURS + 1 - COLOUR_LOANS : COLOUR_COMMON - 1;
    unsigned from = loan ? s->next_loan : s->next_share;
    for (unsigned k = 0; k < n; k++) {
        unsigned c = lo + (from + k) % n;
        if (!(s->live >> c & 1))
            return c;
    }
    return loan ? 0 : COLOUR_COMMON;
}

unsigned csan__colour_take(struct span *s, bool loan, const struct colour_use *who)
{
    unsigned c = next_free(s, loan);
    if (!c || !has_colour(s, c))
        return 0;
    struct colour_use **chunk = &s->uses[c / COLOUR_USES];
    if (!*chunk) {
        struct colour_use *some = csan__arena_alloc(COLOUR_USES * sizeof *some);
        if (!some)
            return 0;
        __atomic_store_n(chunk, some, __ATOMIC_RELEASE);
    }
    csan__colour_unguard(s, c);
    (*chunk)[c % COLOUR_USES] = *who;
    if (loan)
        s->next_loan = (uint8_t)(c - COLOUR_LOANS + 1);
    else if (c == COLOUR_COMMON)
        s->common++;
    else
        s->next_share = (uint8_t)c;
    __atomic_fetch_or(&s->live, (uint64_t)1 << c, __ATOMIC_RELEASE);
    return c;
}

bool csan__colour_give(struct span *s, unsigned colour, uint32_t stack, int tid)
{
    struct colour_use *use = csan__colour_use(s, colour);
    if (use) {
        use->released_stack = stack;
        use->released_tid = tid;
    }
    if (colour == COLOUR_COMMON && s->common && --s->common)
        return false;
    __atomic_fetch_and(&s->live, ~((uint64_t)1 << colour), __ATOMIC_RELEASE);
    guard(s, colour);
    return true;
}

bool csan__colour_present(uintptr_t page, size_t n, unsigned char *out)
{
    return !FAILED(
        csan__os_syscall(SYS_mincore, (long)page, (long)(n * CSAN_PAGE), (long)out, 0, 0, 0));
}

/* ---- fork */

bool csan__colour_is_shared_with_parent(void)
{
    return the.is_shared_with_parent;
}

#define LOOKED_AT 1024u /* pages at once */

static void copy_span(const struct piece *p, const struct span *s)
{
    unsigned char there[LOOKED_AT];
    for (uint32_t done = 0; done < s->pages; done += LOOKED_AT) {
        uint32_t n = s->pages - done < LOOKED_AT ? s->pages - done : LOOKED_AT;
        uintptr_t from = address(0, (size_t)(s->first + done) * CSAN_PAGE);
        uintptr_t to = p->copy + (size_t)(s->first + done) * CSAN_PAGE - p->at;
        bool known = csan__colour_present(from, n, there);
        for (uint32_t k = 0; k < n; k++)
            if (!known || there[k] & 1)
                memcpy((void *)(to + k * CSAN_PAGE), (void *)(from + k * CSAN_PAGE), CSAN_PAGE);
    }
}

void csan__colour_forking(void)
{
    for (uint32_t i = 0; i < the.npieces; i++) {
        long p = map(0, the.pieces[i].bytes, PROT_READ | PROT_WRITE, MAP_SHARED);
        the.pieces[i].copy = FAILED(p) ? 0 : (uintptr_t)p;
    }
    for (uint32_t id = 1; id < the.spans_end; id++) {
        const struct span *s = span_at(id);
        const struct piece *p = piece_of((size_t)s->first * CSAN_PAGE);
        if (p && p->copy && !s->freed_stack)
            copy_span(p, s);
    }
}

static void take_copy(struct piece *p)
{
    long got = csan__os_syscall(SYS_mremap, (long)p->copy, (long)p->bytes, (long)p->bytes,
                                MREMAP_MAYMOVE | MREMAP_FIXED, (long)address(0, p->at), 0);
    if (FAILED(got)) {
        the.is_shared_with_parent = true;
        return;
    }
    for (unsigned c = 1; c <= COLOURS; c++)
        if (p->mapped >> c & 1 && !map_colour(p, c))
            the.is_shared_with_parent = true;
}

static void guard_again(struct span *s)
{
    uint64_t was = s->guarded;
    s->guarded = s->protected = 0;
    for (unsigned c = 0; c <= COLOURS && was >> c; c++)
        if (was >> c & 1)
            guard(s, c);
}

void csan__colour_forked(bool in_child)
{
    for (uint32_t i = 0; i < the.npieces; i++) {
        struct piece *p = &the.pieces[i];
        if (in_child && p->copy)
            take_copy(p);
        else if (in_child)
            the.is_shared_with_parent = true;
        else if (p->copy)
            csan__os_unmap((void *)p->copy, p->bytes);
        p->copy = 0;
    }
    if (!in_child)
        return;
    the.protected = 0;
    for (uint32_t id = 1; id < the.spans_end; id++)
        guard_again(span_at(id));
}

/* ---- is it whole */

bool csan__colour_is_valid(void)
{
    uint32_t freed = 0;
    for (uint32_t id = 1; id < the.spans_end; id++) {
        const struct span *s = span_at(id);
        if (id_of(s) != id || !piece_of((size_t)s->first * CSAN_PAGE))
            return false;
        if (csan__colour_span(s->at + s->usable - 1) != s)
            return false;
    }
    for (uint32_t id = the.oldest; id; id = span_at(id)->next)
        freed += span_at(id)->freed_stack != 0;
    return freed == the.waiting;
}
