/* Cached-reference sharing: what the program does with what it lends, judged as it happens.
 *
 *   session/share.c ─▶ share_cache.c ─▶ record/share       which buffer, whose share
 *                      share_pool.c     record/share_sum   was it changed
 *                            │          share_mode.h       cheap, or what else there is
 *                            └────────▶ share_fault.c      what was wrong, for the verdict
 *
 * Called on the program's threads, inside the guard, with no lock held. None of it runs the
 * program's code or allocates from its heap. Pointers are the program's, and may be anything.
 * Out of memory: the buffer or the share is not known, and nothing is said of it. */
#ifndef CSAN_DETECT_SHARE_H
#define CSAN_DETECT_SHARE_H

#include "detect/share_mode.h"
#include "record/share.h"
#include "record/unwind.h"

struct thread;

/* Who calls: the stack is taken when somebody wants it. */
struct share_call {
    struct thread *self;
    const struct regs *at;
    uint32_t stack; /* 0: not taken yet */
};
uint32_t csan__share_stack(struct share_call *c);

/* The way of checking that the option names, before the first call. */
void csan__share_choose(uint32_t option);

/* --- share_cache.c: as csan_share.h says, with NULL for a cache that nobody named */
void *csan__cache_publish(struct share_call *c, struct share_owner *o, void *p, size_t n,
                          bool fixed);
CSAN_HOT const void *csan__cache_share(struct share_call *c, const void *p);
CSAN_HOT void csan__cache_release(struct share_call *c, const void *p);
void csan__cache_evict(struct share_call *c, void *p);
void *csan__cache_writable(struct share_call *c, void *p);
void csan__cache_sealed(struct share_call *c, void *p);
void csan__cache_mutable(struct share_call *c, const void *p, size_t n);
void csan__share_touch(struct share_call *c, const void *p, const char *hint);
void csan__share_expect(struct share_call *c, const void *where, size_t n, const char *why);

/* --- share_uthash.c: as uthash_csan/uthash.h says */
void csan__uthash_added(struct share_call *c, const char *table, const void *entry, size_t n,
                        const void *handle, size_t bytes);
void csan__uthash_found(struct share_call *c, const void *entry);
void csan__uthash_deleted(struct share_call *c, const void *entry);
void csan__uthash_cleared(struct share_call *c, const void *first, size_t handle);
/* A verdict: what was deleted and is in no table again is evicted. World stopped. */
void csan__uthash_settle(struct share_item *i);

/* --- share_pool.c */
void *csan__pool_lend(struct share_call *c, struct share_owner *o, void *p, size_t used,
                      size_t capacity);
void *csan__pool_give_back(struct share_call *c, struct share_owner *o, void *p, size_t capacity);
void csan__pool_forget(struct share_call *c, struct share_owner *o, void *p);

/* --- share_block.c: the heap's side. May `home` hold something: csan__share_may_hold. */
/* The block is about to be freed. True: it must not be (share=stress). */
bool csan__share_block_freed(struct thread *self, uintptr_t home, const struct regs *at);
/* Around a realloc. `moved` follows where `moves` did not say SHARE_NOT_MOVING, and nothing but the
 * real realloc comes between; `to` is 0 when that failed. */
enum share_moving { SHARE_NOT_MOVING, SHARE_MOVING, SHARE_MOVING_LOCKED };
enum share_moving csan__share_block_moves(struct share_call *c, uintptr_t home);
void csan__share_block_moved(struct share_call *c, enum share_moving how, uintptr_t home,
                             uintptr_t to, size_t asked);

#endif
