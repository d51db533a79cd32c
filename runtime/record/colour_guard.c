/* Guards of what was given back or freed: by the kernel's own, or without access: colour.h. */
#include "record/colour_private.h"

#include <errno.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

#define GUARD_PAGES 512u     /* more: by mprotect, which costs no more for more pages */
#define PROTECTED_MAX 12000u /* each may cost two mappings of the 65,530 that a process has */

static struct {
    uint32_t protected;
    uint64_t unguarded;
    bool has_guard; /* MADV_GUARD_INSTALL is known to the kernel, as far as it was tried */
} the = {.has_guard = true};

static bool guard_pages(uintptr_t at, size_t bytes)
{
    if (!__atomic_load_n(&the.has_guard, __ATOMIC_RELAXED))
        return false;
    long r = csan__colour_advise(at, bytes, MADV_GUARD_INSTALL);
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

void csan__colour_guard(struct span *s, unsigned colour)
{
    uintptr_t at = csan__colour_address(colour, (size_t)s->first * CSAN_PAGE);
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
    uintptr_t at = csan__colour_address(colour, (size_t)s->first * CSAN_PAGE);
    size_t bytes = (size_t)s->pages * CSAN_PAGE;
    uint64_t bit = (uint64_t)1 << colour;
    if (!(__atomic_load_n(&s->guarded, __ATOMIC_ACQUIRE) & bit))
        return;
    if (__atomic_fetch_and(&s->protected, ~bit, __ATOMIC_RELAXED) & bit) {
        csan__os_protect((void *)at, bytes, csan__colour_prot(colour));
        __atomic_fetch_sub(&the.protected, 1, __ATOMIC_RELAXED);
    } else {
        csan__colour_advise(at, bytes, MADV_GUARD_REMOVE);
    }
    __atomic_fetch_and(&s->guarded, ~bit, __ATOMIC_RELEASE);
}

uint64_t csan__colour_unguarded(void)
{
    return __atomic_load_n(&the.unguarded, __ATOMIC_RELAXED);
}

void csan__colour_guards_forget(void)
{
    the.protected = 0;
}

void csan__colour_guard_again(struct span *s)
{
    uint64_t was = s->guarded;
    s->guarded = s->protected = 0;
    for (unsigned c = 0; c <= COLOURS && was >> c; c++)
        if (was >> c & 1)
            csan__colour_guard(s, c);
}
