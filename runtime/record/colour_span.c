/* Spans: the pages of one block each. Freed ones stay guarded for long: colour.h. */
#include "base/arena.h"
#include "record/colour_private.h"

#include <errno.h>
#include <string.h>

#define HEADER 16u
#define LEAD 64u /* from the page's start to the block, where its alignment asks for no more */
#define TAIL ((size_t)8)
#define SPANS 512u /* of a chunk */
#define CHUNKS 8192u
#define BINS 64u          /* of freed spans, by pages; the last: all larger ones */
#define QUARANTINE 65536u /* freed spans that are not used again */

static struct {
    uint32_t *span_of; /* page → span; 0: none */
    struct span **chunks;
    uint32_t spans_end;
    uint32_t bins[BINS + 1];
    uint32_t oldest, newest, waiting; /* freed ones */
} the = {.spans_end = 1};

int csan__colour_spans_start(void)
{
    the.span_of = csan__os_map(COLOUR_WINDOW / CSAN_PAGE * sizeof *the.span_of);
    the.chunks = csan__os_map(CHUNKS * sizeof *the.chunks);
    return the.span_of && the.chunks ? 0 : -ENOMEM;
}

struct span *csan__colour_span_of_id(uint32_t id)
{
    return &__atomic_load_n(&the.chunks[id / SPANS], __ATOMIC_ACQUIRE)[id % SPANS];
}

struct span *csan__colour_span(uintptr_t addr)
{
    if (!csan__colour_holds(addr))
        return NULL;
    size_t page = (addr & (COLOUR_WINDOW - 1)) / CSAN_PAGE;
    uint32_t id = __atomic_load_n(&the.span_of[page], __ATOMIC_ACQUIRE);
    return id ? csan__colour_span_of_id(id) : NULL;
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
    for (int tries = 0; *link && tries < 64;
         tries++, link = &csan__colour_span_of_id(*link)->next) {
        struct span *s = csan__colour_span_of_id(*link);
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
    struct piece *p = csan__colour_last_piece();
    size_t offset = p ? p->at + p->used : 0;
    while (p && !is_aligned(f, offset))
        offset += CSAN_PAGE;
    if (!p || offset + bytes > p->at + p->bytes) {
        if (!(p = csan__colour_add_piece(bytes + f->align)))
            return NULL;
        offset = p->at;
        while (!is_aligned(f, offset))
            offset += CSAN_PAGE;
    }
    uint32_t id = new_id();
    if (!id)
        return NULL;
    struct span *s = csan__colour_span_of_id(id);
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
    s->at = csan__colour_address(0, (size_t)s->first * CSAN_PAGE + f.lead);
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
        csan__colour_span_of_id(the.newest)->next = id;
    else
        the.oldest = id;
    the.newest = id;
    if (++the.waiting <= QUARANTINE)
        return;
    struct span *oldest = csan__colour_span_of_id(the.oldest);
    the.oldest = oldest->next;
    the.waiting--;
    recycle(oldest);
}

void csan__colour_free(struct span *s, uint32_t stack)
{
    __atomic_store_n(&s->freed_stack, stack ? stack : 1, __ATOMIC_RELEASE);
    csan__colour_advise(csan__colour_address(0, (size_t)s->first * CSAN_PAGE),
                        (size_t)s->pages * CSAN_PAGE, MADV_REMOVE);
    for (unsigned c = 0; c <= COLOURS; c++)
        if (c == 0 || s->live >> c & 1)
            csan__colour_guard(s, c);
    put_into_quarantine(s);
}

uint32_t csan__colour_spans_end(void)
{
    return the.spans_end;
}

bool csan__colour_is_valid(void)
{
    uint32_t freed = 0;
    for (uint32_t id = 1; id < the.spans_end; id++) {
        const struct span *s = csan__colour_span_of_id(id);
        if (id_of(s) != id || !csan__colour_piece_of((size_t)s->first * CSAN_PAGE))
            return false;
        if (csan__colour_span(s->at + s->usable - 1) != s)
            return false;
    }
    for (uint32_t id = the.oldest; id; id = csan__colour_span_of_id(id)->next)
        freed += csan__colour_span_of_id(id)->freed_stack != 0;
    return freed == the.waiting;
}
