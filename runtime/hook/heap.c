/* The heap: guard → real malloc → account → leave. Nothing here decides anything. */
#include "hook/guard.h"
#include "base/os.h"
#include "record/block.h"
#include "record/stack.h"
#include "record/sync.h"

#include <errno.h>
#include <string.h>

/* More than any allocator gives: passed on as it is, for its own errno. */
#define ASKED_MAX ((size_t)PTRDIFF_MAX - 2 * CSAN_PAGE)

static CSAN_ALWAYS_INLINE size_t usable_of(void *p)
{
    if (CSAN_LIKELY(csan__real_is_glibc_heap)) {
        size_t header = ((size_t *)p)[-1];
        return (header & ~(size_t)7) - (header & 2 ? 16 : 8);
    }
    return csan__real.malloc_usable_size(p);
}

static CSAN_ALWAYS_INLINE void *born(struct thread *t, void *p, size_t asked, const struct regs *at)
{
    if (CSAN_LIKELY(p != NULL)) {
        struct block b = {.start = (uintptr_t)p,
                          .asked = asked,
                          .usable = usable_of(p),
                          .stack = csan__stack_here(at),
                          .family = BLOCK_MALLOC,
                          .ignored = t->disabled != 0};
        csan__block_add(&b);
    }
    leave(t);
    return p;
}

/* Before the real malloc is known there is the bootstrap heap; inside csan, the real malloc. */
static CSAN_COLD void *pass_alloc(size_t align, size_t n)
{
    if (!csan__real_ready())
        return csan__real_bootstrap_alloc(align, n);
    return align > 16 ? csan__real.memalign(align, n) : csan__real.malloc(n);
}

CSAN_API CSAN_HOT void *HOOK_NAME(malloc)(size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return pass_alloc(16, n);
    return born(t, csan__real.malloc(n + BLOCK_TAIL), n, &at);
}

static CSAN_COLD void *pass_calloc(size_t count, size_t size)
{
    if (csan__real_ready())
        return csan__real.calloc(count, size);
    size_t n;
    return __builtin_mul_overflow(count, size, &n) ? NULL : csan__real_bootstrap_alloc(16, n);
}

CSAN_API CSAN_HOT void *HOOK_NAME(calloc)(size_t count, size_t size)
{
    struct regs at = REGS_OF_CALLER();
    size_t n;
    bool fits = !__builtin_mul_overflow(count, size, &n) && n <= ASKED_MAX;
    struct thread *t = fits ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return pass_calloc(count, size);
    return born(t, csan__real.calloc(1, n + BLOCK_TAIL), n, &at);
}

/* Takes the account of p out, when p is a live block. */
static CSAN_ALWAYS_INLINE bool died(void *p, struct block *old)
{
    return csan__block_is_live((uintptr_t)p) && csan__block_take((uintptr_t)p, usable_of(p), old);
}

CSAN_API CSAN_HOT void HOOK_NAME(free)(void *p)
{
    struct regs at = REGS_OF_CALLER();
    if (!p)
        return;
    if (CSAN_UNLIKELY(!csan__real_ready()) || CSAN_UNLIKELY(csan__real_bootstrap_size(p)))
        return;
    struct thread *t = enter();
    if (CSAN_LIKELY(csan__block_is_live((uintptr_t)p))) {
        size_t usable = usable_of(p);
        csan__block_drop((uintptr_t)p, usable);
        if (CSAN_UNLIKELY(csan__sync_may_hold((uintptr_t)p, usable)) && t)
            csan__sync_freed(t, (uintptr_t)p, usable, &at);
    }
    csan__real.free(p);
    if (CSAN_LIKELY(t != NULL))
        leave(t);
}

/* A block that csan does not know: of the bootstrap heap, or from before it was armed. */
static CSAN_COLD void *adopt(struct thread *t, void *p, size_t n, const struct regs *at)
{
    size_t boot = csan__real_bootstrap_size(p);
    if (!boot)
        return born(t, csan__real.realloc(p, n + BLOCK_TAIL), n, at);
    void *to = csan__real.malloc(n + BLOCK_TAIL);
    if (to)
        memcpy(to, p, boot < n ? boot : n);
    return born(t, to, n, at);
}

static CSAN_COLD void *pass_realloc(void *p, size_t n)
{
    size_t boot = csan__real_bootstrap_size(p);
    if (csan__real_ready() && !boot) {
        struct block old;
        bool known = died(p, &old);
        void *to = csan__real.realloc(p, n);
        if (!to && n && known)
            csan__block_put_back(&old);
        return to;
    }
    void *to = pass_alloc(16, n);
    if (to)
        memcpy(to, p, boot < n ? boot : n);
    return to;
}

/* Out of the account before the real call, so that the address cannot be given to another thread
 * while it still stands there; back into it when the call fails. */
static void *resize(void *p, size_t n, const struct regs *at)
{
    struct thread *t = n <= ASKED_MAX && (n || !p) ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return p ? pass_realloc(p, n) : pass_alloc(16, n);
    if (!p)
        return born(t, csan__real.malloc(n + BLOCK_TAIL), n, at);
    struct block old;
    if (CSAN_UNLIKELY(!died(p, &old)))
        return adopt(t, p, n, at);
    void *to = csan__real.realloc(p, n + BLOCK_TAIL);
    if (CSAN_UNLIKELY(!to)) {
        csan__block_put_back(&old);
        leave(t);
        return NULL;
    }
    if (to != p && CSAN_UNLIKELY(csan__sync_may_hold((uintptr_t)p, old.asked)))
        csan__sync_gone(t, (uintptr_t)p, old.asked, "realloc");
    return born(t, to, n, at);
}

CSAN_API CSAN_HOT void *HOOK_NAME(realloc)(void *p, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    return resize(p, n, &at);
}

CSAN_API void *HOOK_NAME(reallocarray)(void *p, size_t count, size_t size)
{
    struct regs at = REGS_OF_CALLER();
    size_t n;
    if (__builtin_mul_overflow(count, size, &n)) {
        errno = ENOMEM;
        return NULL;
    }
    return resize(p, n, &at);
}

CSAN_API int HOOK_NAME(posix_memalign)(void **out, size_t align, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    if (CSAN_UNLIKELY(!t)) {
        if (csan__real_ready())
            return csan__real.posix_memalign(out, align, n);
        void *p = csan__real_bootstrap_alloc(align, n);
        if (!p)
            return ENOMEM;
        *out = p;
        return 0;
    }
    void *p = NULL;
    int failed = csan__real.posix_memalign(&p, align, n + BLOCK_TAIL);
    if (failed) {
        leave(t);
        return failed;
    }
    *out = born(t, p, n, &at);
    return 0;
}

CSAN_API void *HOOK_NAME(aligned_alloc)(size_t align, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.aligned_alloc(align, n) : pass_alloc(align, n);
    return born(t, csan__real.aligned_alloc(align, n + BLOCK_TAIL), n, &at);
}

CSAN_API void *HOOK_NAME(memalign)(size_t align, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.memalign(align, n) : pass_alloc(align, n);
    return born(t, csan__real.memalign(align, n + BLOCK_TAIL), n, &at);
}

CSAN_API void *HOOK_NAME(valloc)(size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return pass_alloc(CSAN_PAGE, n);
    return born(t, csan__real.memalign(CSAN_PAGE, n + BLOCK_TAIL), n, &at);
}

CSAN_API void *HOOK_NAME(pvalloc)(size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    size_t whole = n <= ASKED_MAX ? csan__base_round_up(n, CSAN_PAGE) : n;
    if (CSAN_UNLIKELY(!t))
        return pass_alloc(CSAN_PAGE, whole);
    return born(t, csan__real.memalign(CSAN_PAGE, whole + BLOCK_TAIL), whole, &at);
}

/* Exactly what was asked for: what lies behind is the account's, and nothing there is scanned. */
CSAN_API size_t HOOK_NAME(malloc_usable_size)(void *p)
{
    if (!p)
        return 0;
    size_t boot = csan__real_bootstrap_size(p);
    if (boot || !csan__real_ready())
        return boot;
    size_t usable = csan__real.malloc_usable_size(p);
    return csan__block_is_live((uintptr_t)p) ? csan__block_asked((uintptr_t)p, usable) : usable;
}

CSAN_API void HOOK_NAME(free_sized)(void *p, size_t n)
{
    (void)n;
    HOOK_NAME(free)(p);
}

CSAN_API void HOOK_NAME(free_aligned_sized)(void *p, size_t align, size_t n)
{
    (void)align;
    (void)n;
    HOOK_NAME(free)(p);
}
