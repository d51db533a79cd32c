#include "record/peek.h"
#include "base/os.h"

#include <string.h>

static bool is_own(const struct peek *p, uintptr_t sp)
{
    return sp >= p->in.lo && sp < p->in.hi;
}

static bool is_readable(uintptr_t at)
{
    uint64_t word;
    return csan__os_read_memory(&word, (const void *)at, sizeof word) == sizeof word;
}

static void open_window(struct peek *p, uintptr_t lo, uintptr_t hi)
{
    p->lo = lo & ~(uintptr_t)7;
    p->hi = lo & 7 ? p->lo : hi; /* who is not aligned is not on a stack */
}

void csan__peek_open(struct peek *p, const struct stack_bounds *in, uintptr_t sp)
{
    p->in.lo = csan__base_round_up(in->lo, 8);
    p->in.hi = in->hi & ~(uintptr_t)7;
    open_window(p, sp, is_own(p, sp) ? p->in.hi : sp);
}

void csan__peek_move(struct peek *p, uintptr_t sp)
{
    if (sp >= p->lo && sp <= p->hi)
        return;
    open_window(p, sp, is_own(p, sp) && is_readable(sp) ? p->in.hi : sp);
}

/* By the page that begins at hi, or the rest of the page that hi is in. */
static bool grow(struct peek *p)
{
    if (p->hi >= UINTPTR_MAX - CSAN_PAGE || !is_readable(p->hi))
        return false;
    p->hi = csan__base_round_up(p->hi + 1, CSAN_PAGE);
    return true;
}

bool csan__peek_value(struct peek *p, uintptr_t at, unsigned bytes, uintptr_t *value)
{
    *value = 0;
    if (at >= p->lo && at >= p->hi && at - p->hi < CSAN_PAGE)
        while (at + bytes > p->hi)
            if (!grow(p))
                return false;
    if (at >= p->lo && at < p->hi && p->hi - at >= bytes) {
        memcpy(value, (const void *)at, bytes);
        return true;
    }
    return csan__os_read_memory(value, (const void *)at, bytes) == bytes;
}
