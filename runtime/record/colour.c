/* The colours of a span: who has one, who had it. */
#include "base/arena.h"
#include "record/colour_private.h"

#include <errno.h>
#include <sys/resource.h>

#define WINDOWS_LO ((uintptr_t)0x600000000000) /* far from what the kernel gives by itself */

uintptr_t csan__colour_lo;
size_t csan__colour_bytes;

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
    if (csan__colour_spans_start() != 0)
        return -ENOMEM;
    csan__colour_lo = WINDOWS_LO;
    csan__colour_bytes = (COLOURS + 1) * COLOUR_WINDOW;
    return 0;
}

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
    if (!c || !csan__colour_is_seen(s, c))
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
    csan__colour_guard(s, colour);
    return true;
}
