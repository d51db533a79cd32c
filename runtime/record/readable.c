#include "record/readable.h"
#include "base/os.h"
#include "record/colour.h"

#include <errno.h>
#include <string.h>

struct readable csan__readable; /* written by the thread that holds the verdict */

/* [heap], [stack], [anon:...]; a name that begins with / is a file's, which may have shrunk. The
 * name is a path's tail, so a long one may begin with any other character. */
static bool is_direct(const struct mapping *m)
{
    if (csan__os_in_valgrind())
        return false; /* some are Valgrind's own, which come and go (detect/memory.c) */
    return csan__colour_is_owners(m->at.lo) ||
           (!m->shared && (m->name[0] == '\0' || m->name[0] == '['));
}

int csan__readable_open(const struct world *w)
{
    size_t bytes =
        csan__base_round_up((w->nmappings + 1) * sizeof(struct readable_span), CSAN_PAGE);
    struct readable_span *spans = csan__os_map(bytes);
    if (!spans)
        return -ENOMEM;
    size_t n = 0;
    for (uint32_t i = 0; i < w->nmappings; i++) {
        const struct mapping *m = &w->mappings[i];
        if (!m->readable || m->device || csan__os_owns((void *)m->at.lo))
            continue;
        bool direct = is_direct(m);
        if (n && spans[n - 1].at.hi == m->at.lo && spans[n - 1].direct == direct)
            spans[n - 1].at.hi = m->at.hi;
        else
            spans[n++] = (struct readable_span){.at = m->at, .direct = direct};
    }
    csan__readable = (struct readable){.spans = spans, .count = n, .map_bytes = bytes};
    return 0;
}

void csan__readable_close(void)
{
    struct readable old = csan__readable;
    memset(&csan__readable, 0, sizeof csan__readable);
    if (old.spans)
        csan__os_unmap(old.spans, old.map_bytes);
}

const struct readable_span *csan__readable_end(void)
{
    return csan__readable.spans + csan__readable.count;
}

const struct readable_span *csan__readable_from(uintptr_t addr)
{
    const struct readable_span *lo = csan__readable.spans;
    size_t n = csan__readable.count;
    while (n > 0) {
        size_t half = n / 2;
        if (lo[half].at.hi <= addr) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo < csan__readable_end() ? lo : NULL;
}

/* Near stays the largest: the heap, mostly. */
void csan__readable_share(void)
{
    const struct readable_span *most = NULL;
    for (const struct readable_span *s = csan__readable.spans; s < csan__readable_end(); s++)
        if (s->direct && (!most || s->at.hi - s->at.lo > most->at.hi - most->at.lo))
            most = s;
    if (most)
        csan__readable.near = most->at;
    csan__readable.near_stays = true;
}

void csan__readable_unshare(void)
{
    csan__readable.near_stays = false;
}

bool csan__readable_has_slow(uintptr_t lo, uintptr_t hi)
{
    const struct readable_span *s = csan__readable_from(lo);
    if (!s || !s->direct || lo < s->at.lo || hi > s->at.hi || lo > hi)
        return false;
    if (!csan__readable.near_stays)
        csan__readable.near = s->at;
    return true;
}

bool csan__readable_copy(void *to, uintptr_t from, size_t n)
{
    if (from + n < from)
        return false;
    if (csan__readable_has(from, from + n)) {
        memcpy(to, (const void *)from, n);
        return true;
    }
    return csan__os_read_memory(to, (const void *)from, n) == n;
}
