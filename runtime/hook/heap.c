/* The heap: guard → real malloc → account → leave. Nothing here decides anything. */
#include "hook/heap.h"
#include "base/os.h"
#include "detect/bad_free.h"
#include "detect/share_precise.h"
#include "hook/guard.h"
#include "hook/new.h"
#include "record/block_map.h"
#include "record/chunk.h"
#include "record/colour.h"
#include "record/stack.h"
#include "record/sync.h"
#include "record/tally.h"
#include "record/volume.h"

#include <errno.h>
#include <string.h>

/* More than any allocator gives: passed on as it is, for its own errno. */
#define ASKED_MAX ((size_t)PTRDIFF_MAX - 2 * CSAN_PAGE)

static CSAN_ALWAYS_INLINE size_t usable_of(void *p)
{
    return csan__block_usable((uintptr_t)p);
}

static CSAN_ALWAYS_INLINE void *born_of(struct thread *t, void *p, size_t asked,
                                        enum block_family family, const struct regs *at)
{
    if (CSAN_LIKELY(p != NULL)) {
        struct block b = {.start = (uintptr_t)p,
                          .asked = asked,
                          .usable = usable_of(p),
                          .stack = csan__stack_here(at),
                          .family = family,
                          .ignored = t->disabled != 0};
        csan__block_add_here(&b);
        if (CSAN_UNLIKELY(csan__volume_is_wanted))
            csan__volume_add(VOLUME_ALLOCATED, b.stack, asked);
        if (CSAN_UNLIKELY(csan__tally_on))
            csan__tally_born(t, b.start, asked);
    }
    leave(t);
    return p;
}

static CSAN_ALWAYS_INLINE void *born(struct thread *t, void *p, size_t asked, const struct regs *at)
{
    return born_of(t, p, asked, BLOCK_MALLOC, at);
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

/* By looking at what becomes of blocks that are freed; the one behind keeps the last of them from
 * being joined with what follows. After the session's start, which knows the modules. */
__attribute__((constructor(103))) static void learn_signs(void)
{
    static const size_t sizes[] = {24, 40, 4000, 24};
    void *p[CSAN_COUNT(sizes)];
    if (!csan__real_ready() || !csan__real_is_glibc_heap)
        return;
    for (size_t i = 0; i < CSAN_COUNT(sizes); i++)
        p[i] = csan__real.malloc(sizes[i]);
    uintptr_t at[] = {(uintptr_t)p[0], (uintptr_t)p[1], (uintptr_t)p[2]};
    for (size_t i = 0; i + 1 < CSAN_COUNT(sizes); i++)
        csan__real.free(p[i]);
    if (at[0] && at[1] && at[2] && p[3])
        csan__chunk_signs = csan__chunk_learn(at[0], at[1], at[2]);
    csan__real.free(p[3]);
}

static CSAN_COLD bool is_wrong(const struct free_call *c)
{
    return c->thread && csan__bad_free_unknown(c);
}

/* Something is wrong with the block that was dropped, or it was none. */
static CSAN_COLD bool may_free(const struct free_call *c, const struct block *b,
                               enum block_drop how)
{
    if (how == DROP_NOT_LIVE)
        return !is_wrong(c);
    if (!c->thread || (how == DROP_OTHER_FAMILY && !csan__new_is_sure()))
        return true;
    csan__bad_free_block(c, b, how);
    return false;
}

static CSAN_ALWAYS_INLINE void remember_free(struct thread *t, uintptr_t p, uintptr_t pc)
{
    uint32_t slot = t->nfreed++ % THREAD_FREED;
    t->freed[slot].pc = pc;
    __asm__ volatile("" ::: "memory");
    t->freed[slot].start = p;
}

static CSAN_COLD void count_free(struct thread *t, uintptr_t p)
{
    if (csan__block_is_live(p))
        csan__tally_died(t, p, csan__block_asked(p, usable_of((void *)p)), false);
}

/* ---- share=precise: blocks that lie in csan's memory */

/* The block's own address, whoever's address of it the program gives. */
static CSAN_COLD void *own_address(struct thread *t, void *p, const struct regs *at, bool is_free)
{
    struct share_call c = {.self = t, .at = at};
    if (!t)
        return (void *)csan__colour_home((uintptr_t)p);
    return (void *)csan__precise_given(&c, (uintptr_t)p, is_free);
}

/* A call from inside csan, or without a record, leaves such a block where it is. */
static CSAN_ALWAYS_INLINE void give_real(const struct thread *t, void *p, const struct regs *at)
{
    if (!csan__colour_holds((uintptr_t)p))
        csan__real.free(p);
    else if (t)
        csan__precise_freed((uintptr_t)p, csan__stack_here(at));
}

/* The old one is still there. */
static CSAN_COLD void *move_out(const struct block *old, size_t n)
{
    void *to = csan__real.malloc(n + BLOCK_TAIL);
    if (to)
        memcpy(to, (void *)old->start, old->asked < n ? old->asked : n);
    return to;
}

static CSAN_ALWAYS_INLINE void *resize_real(const struct block *old, size_t n)
{
    if (csan__colour_holds(old->start))
        return move_out(old, n);
    return csan__real.realloc((void *)old->start, n + BLOCK_TAIL);
}

static void drop_moved(uintptr_t start, const struct regs *at)
{
    struct thread *t = csan__thread_self;
    size_t usable = usable_of((void *)start);
    remember_free(t, start, at->pc);
    if (csan__sync_may_hold(start, usable))
        csan__sync_gone(t, start, usable, "csan_publish");
    csan__real.free((void *)start);
}

__attribute__((constructor(103))) static void offer_drop(void)
{
    csan__precise_drop = drop_moved;
}

/* A quick look: a lock in the 2 KiB around it, or a share. What goes on behind that looks closer.
 */
static CSAN_ALWAYS_INLINE bool may_hold(uintptr_t start, size_t usable)
{
    return CSAN_UNLIKELY((start ^ (start + usable)) >> 11) ||
           CSAN_UNLIKELY(*csan__sync_page(start)) || CSAN_UNLIKELY(csan__share_may_hold(start));
}

/* Locks in it, and shares of it, go with a block. False: nobody gets this address again. */
static bool let_go(const struct free_call *c, size_t usable)
{
    if (CSAN_UNLIKELY(csan__sync_may_hold(c->addr, usable)))
        csan__sync_freed(c->thread, c->addr, usable, c->at);
    return !csan__share_may_hold(c->addr) || !csan__share_block_freed(c->thread, c->addr, c->at);
}

static CSAN_COLD void release_share(const struct free_call *c);

/* Whatever it is: foreign, large, damaged, or freed by csan itself (no thread). */
static CSAN_NOINLINE void release_slowly(const struct free_call *c, enum block_drop how,
                                         const struct block *b)
{
    if (how == DROP_NOT_LIVE && csan__colour_holds(c->addr) && !csan__colour_is_owners(c->addr)) {
        release_share(c);
        return;
    }
    if (how != DROP_DONE && (csan__real_bootstrap_size((void *)c->addr) || !may_free(c, b, how)))
        return;
    if (c->thread) {
        remember_free(c->thread, c->addr, c->at->pc);
        if (how == DROP_DONE && !let_go(c, b->usable))
            return;
    }
    give_real(c->thread, (void *)c->addr, c->at);
}

/* By another address of the block than its own. */
static CSAN_COLD void release_share(const struct free_call *c)
{
    struct free_call own = *c;
    struct block b;
    own.addr = (uintptr_t)own_address(c->thread, (void *)c->addr, c->at, true);
    if (csan__tally_on)
        count_free(c->thread, own.addr);
    release_slowly(&own, csan__block_drop(own.addr, c->as, &b), &b);
}

/* Before the real functions are known, or inside csan. */
static CSAN_COLD void release_outside(const struct free_call *c)
{
    struct block b;
    if (csan__real_ready())
        release_slowly(c, csan__block_drop(c->addr, c->as, &b), &b);
}

static CSAN_ALWAYS_INLINE void release(void *p, enum block_family as, const char *call,
                                       const struct regs *at)
{
    if (!p)
        return;
    uintptr_t start = (uintptr_t)p;
    struct thread *t = enter();
    struct regs from = *at;
    if (CSAN_UNLIKELY(!t)) {
        release_outside(&(struct free_call){NULL, &from, call, start, as});
        return;
    }
    if (CSAN_UNLIKELY(csan__tally_on))
        count_free(t, start);
    bool live = csan__block_clear(start);
    size_t usable = CSAN_LIKELY(live) ? csan__block_usable(start) : 0;
    if (CSAN_LIKELY(live) && CSAN_LIKELY(csan__block_is_as(start, usable, as)) &&
        !may_hold(start, usable)) {
        remember_free(t, start, at->pc);
        csan__real.free(p);
    } else {
        struct free_call c = {t, &from, call, start, as};
        struct block b;
        release_slowly(&c, live ? csan__block_drop_slowly(start, as, usable, &b) : DROP_NOT_LIVE,
                       &b);
    }
    leave(t);
}

CSAN_API CSAN_HOT void HOOK_NAME(free)(void *p)
{
    struct regs at = REGS_OF_CALLER();
    release(p, BLOCK_MALLOC, "free", &at);
}

void csan__heap_give(void *p, enum block_family as, const char *call, const struct regs *at)
{
    release(p, as, call, at);
}

void *csan__heap_make(size_t align, size_t n, enum block_family family, const struct regs *at)
{
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return NULL;
    void *p =
        align > 16 ? csan__real.memalign(align, n + BLOCK_TAIL) : csan__real.malloc(n + BLOCK_TAIL);
    return born_of(t, p, n, family, at);
}

void csan__heap_made(void *p, enum block_family family)
{
    struct block b;
    struct thread *t = enter();
    if (!t)
        return;
    if (csan__block_is_live((uintptr_t)p) && csan__block_take((uintptr_t)p, usable_of(p), &b)) {
        b.family = family;
        csan__block_put_back(&b);
    }
    leave(t);
}

/* In place of a block that is not to be given to realloc: as much of its bytes as is known. */
static CSAN_COLD void *rescue(struct thread *t, const void *p, size_t known, size_t n,
                              const struct regs *at)
{
    void *to = csan__real.malloc(n + BLOCK_TAIL);
    if (to)
        csan__os_read_memory(to, p, known < n ? known : n);
    return born(t, to, n, at);
}

/* A block that csan does not know: of the bootstrap heap, or from before it was armed. */
static CSAN_COLD void *adopt(struct thread *t, void *p, size_t n, const struct regs *at)
{
    size_t boot = csan__real_bootstrap_size(p);
    struct free_call c = {t, at, "realloc", (uintptr_t)p, BLOCK_MALLOC};
    if (!boot && is_wrong(&c))
        return rescue(t, p, n, n, at);
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
        p = (void *)csan__colour_home((uintptr_t)p);
        bool known = died(p, &old);
        if (csan__colour_holds((uintptr_t)p))
            return known ? move_out(&old, n) : NULL;
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

/* True: it was no block, or must not be passed on. */
static CSAN_ALWAYS_INLINE bool is_spoilt(const struct block *b)
{
    return CSAN_UNLIKELY(b->damaged) || CSAN_UNLIKELY(b->family != BLOCK_MALLOC);
}

static CSAN_COLD bool may_resize(const struct free_call *c, const struct block *b)
{
    return may_free(c, b, b->damaged ? DROP_DAMAGED : DROP_OTHER_FAMILY);
}

/* realloc(p, 0): glibc frees it. */
static CSAN_COLD void *resize_to_nothing(struct thread *t, void *p, const struct regs *at)
{
    struct free_call c = {t, at, "realloc", (uintptr_t)p, BLOCK_MALLOC};
    struct block old;
    bool known = died(p, &old);
    bool right = known ? !is_spoilt(&old) || may_resize(&c, &old)
                       : csan__real_bootstrap_size(p) || !is_wrong(&c);
    if (right && known && csan__tally_on)
        csan__tally_died(t, (uintptr_t)p, old.asked, false);
    if (right && known)
        remember_free(t, (uintptr_t)p, at->pc);
    if (known && csan__share_may_hold((uintptr_t)p))
        csan__share_block_freed(t, (uintptr_t)p, at);
    bool ours = csan__colour_holds((uintptr_t)p);
    if (right && ours)
        give_real(t, p, at);
    leave(t);
    return right && !ours ? pass_realloc(p, 0) : NULL;
}

/* Out of the account before the real call, so that the address cannot be given to another thread
 * while it still stands there; back into it when the call fails. */
static void *resize(void *p, size_t n, const struct regs *at)
{
    struct thread *t = n <= ASKED_MAX ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return p ? pass_realloc(p, n) : pass_alloc(16, n);
    if (!p)
        return born(t, csan__real.malloc(n + BLOCK_TAIL), n, at);
    if (csan__colour_holds((uintptr_t)p))
        p = own_address(t, p, at, n == 0);
    if (CSAN_UNLIKELY(!n))
        return resize_to_nothing(t, p, at);
    struct block old;
    if (CSAN_UNLIKELY(!died(p, &old)))
        return adopt(t, p, n, at);
    struct free_call c = {t, at, "realloc", old.start, BLOCK_MALLOC};
    if (is_spoilt(&old) && !may_resize(&c, &old))
        return rescue(t, p, old.asked, n, at);
    struct share_call call = {.self = t, .at = at};
    enum share_moving moving = csan__share_may_hold((uintptr_t)p)
                                   ? csan__share_block_moves(&call, (uintptr_t)p)
                                   : SHARE_NOT_MOVING;
    void *to = resize_real(&old, n);
    if (CSAN_UNLIKELY(moving != SHARE_NOT_MOVING))
        csan__share_block_moved(&call, moving, (uintptr_t)p, (uintptr_t)to, n);
    if (to && csan__colour_holds(old.start)) /* not before: the registry was locked */
        give_real(t, p, at);
    if (CSAN_UNLIKELY(!to)) {
        csan__block_put_back(&old);
        leave(t);
        return NULL;
    }
    if (CSAN_UNLIKELY(csan__tally_on))
        csan__tally_died(t, old.start, old.asked, true);
    if (to != p)
        remember_free(t, old.start, at->pc);
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
    struct regs at = REGS_OF_CALLER();
    if (!p)
        return 0;
    size_t boot = csan__real_bootstrap_size(p);
    if (boot || !csan__real_ready())
        return boot;
    p = (void *)csan__colour_home((uintptr_t)p);
    if (CSAN_LIKELY(csan__block_is_live((uintptr_t)p)))
        return csan__block_asked((uintptr_t)p, usable_of(p));
    struct thread *t = enter();
    struct free_call c = {t, &at, "malloc_usable_size", (uintptr_t)p, BLOCK_MALLOC};
    bool wrong = is_wrong(&c);
    if (t)
        leave(t);
    return wrong ? 0 : csan__real.malloc_usable_size(p);
}

/* C23: the size must be the one that was asked for. False: it is not, and the block stays. */
static bool has_size(void *p, size_t n, const char *call, const struct regs *at)
{
    struct thread *t = NULL;
    struct block b;
    if (!p || !csan__block_is_live((uintptr_t)p) || !(t = enter()))
        return true;
    bool same = !csan__block_at((uintptr_t)p, &b) || b.damaged || b.asked == n;
    if (!same && csan__block_drop((uintptr_t)p, b.family, &b) == DROP_DONE) {
        struct free_call c = {t, at, call, (uintptr_t)p, BLOCK_MALLOC};
        csan__bad_free_size(&c, &b, n);
    }
    leave(t);
    return same;
}

CSAN_API void HOOK_NAME(free_sized)(void *p, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    if (has_size(p, n, "free_sized", &at))
        HOOK_NAME(free)(p);
}

CSAN_API void HOOK_NAME(free_aligned_sized)(void *p, size_t align, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    (void)align;
    if (has_size(p, n, "free_aligned_sized", &at))
        HOOK_NAME(free)(p);
}
