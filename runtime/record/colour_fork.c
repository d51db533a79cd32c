/* What a forked child has of its own: its parent's published bytes as they were: colour.h. */
#include "record/colour_private.h"

#include <string.h>

#define LOOKED_AT 1024u /* pages at once */

static bool is_shared_with_parent;

bool csan__colour_is_shared_with_parent(void)
{
    return is_shared_with_parent;
}

static void copy_span(const struct piece *p, const struct span *s)
{
    unsigned char there[LOOKED_AT];
    for (uint32_t done = 0; done < s->pages; done += LOOKED_AT) {
        uint32_t n = s->pages - done < LOOKED_AT ? s->pages - done : LOOKED_AT;
        uintptr_t from = csan__colour_address(0, (size_t)(s->first + done) * CSAN_PAGE);
        uintptr_t to = p->copy + (size_t)(s->first + done) * CSAN_PAGE - p->at;
        bool known = csan__colour_present(from, n, there);
        for (uint32_t k = 0; k < n; k++)
            if (!known || there[k] & 1)
                memcpy((void *)(to + k * CSAN_PAGE), (void *)(from + k * CSAN_PAGE), CSAN_PAGE);
    }
}

void csan__colour_forking(void)
{
    struct piece *p;
    for (uint32_t i = 0; (p = csan__colour_piece(i)); i++) {
        long copy = csan__colour_map_shared(0, p->bytes);
        p->copy = FAILED(copy) ? 0 : (uintptr_t)copy;
    }
    for (uint32_t id = 1; id < csan__colour_spans_end(); id++) {
        const struct span *s = csan__colour_span_of_id(id);
        const struct piece *of = csan__colour_piece_of((size_t)s->first * CSAN_PAGE);
        if (of && of->copy && !s->freed_stack)
            copy_span(of, s);
    }
}

static void take_copy(struct piece *p)
{
    long got =
        csan__os_syscall(SYS_mremap, (long)p->copy, (long)p->bytes, (long)p->bytes,
                         MREMAP_MAYMOVE | MREMAP_FIXED, (long)csan__colour_address(0, p->at), 0);
    if (FAILED(got)) {
        is_shared_with_parent = true;
        return;
    }
    for (unsigned c = 1; c <= COLOURS; c++)
        if (p->mapped >> c & 1 && !csan__colour_map(p, c))
            is_shared_with_parent = true;
}

void csan__colour_forked(bool in_child)
{
    struct piece *p;
    for (uint32_t i = 0; (p = csan__colour_piece(i)); i++) {
        if (in_child && p->copy)
            take_copy(p);
        else if (in_child)
            is_shared_with_parent = true;
        else if (p->copy)
            csan__os_unmap((void *)p->copy, p->bytes);
        p->copy = 0;
    }
    if (!in_child)
        return;
    csan__colour_guards_forget();
    for (uint32_t id = 1; id < csan__colour_spans_end(); id++)
        csan__colour_guard_again(csan__colour_span_of_id(id));
}
