/* csan: cached-reference sharing, checked under csan.
 *
 * For code that hands out references to buffers it keeps: caches and pools. A cache publishes what
 * it keeps, shares what it hands out and evicts what it drops; its callers release. csan then tells
 * who changed a shared buffer, who still points into one that is gone, and what was never released.
 * docs/sharing.md teaches it.
 *
 * Code that includes this also links and runs without the library (the symbols are weak), and with
 * -DCSAN_DISABLE every call compiles to nothing, its arguments still evaluated once. All functions
 * are thread-safe, all take NULL. */
#ifndef CSAN_SHARE_H
#define CSAN_SHARE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csan_cache_ csan_cache_t;
typedef struct csan_pool_ csan_pool_t;

/* csan_pool's flags */
enum {
    CSAN_POOL_RESET = 1,         /* a returned buffer must be all zero */
    CSAN_POOL_RESET_ON_LEND = 2, /* a lent one must be */
    CSAN_POOL_ONE_SIZE = 4,      /* all buffers have one capacity */
    CSAN_POOL_LINKED = 8         /* a spare buffer's first pointer's worth is the pool's own link */
};

#if !defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 11
#define CSAN_UNREAD __attribute__((access(none, 1))) /* *p need not be initialized */
#else
#define CSAN_UNREAD
#endif

#if !defined(CSAN_DISABLE) && (defined(__GNUC__) || defined(__clang__))

/* The library's own names; NULL where it is not there. */
#define CSAN_WEAK __attribute__((weak))
csan_cache_t *csan_api_cache(const char *name, size_t max_bytes, size_t max_entries) CSAN_WEAK;
void *csan_api_publish(csan_cache_t *c, void *p, size_t n) CSAN_WEAK;
void *csan_api_publish_fixed(csan_cache_t *c, void *p, size_t n) CSAN_WEAK;
const void *csan_api_share(const void *p) CSAN_WEAK CSAN_UNREAD;
void csan_api_release(const void *p) CSAN_WEAK CSAN_UNREAD;
void *csan_api_writable(csan_cache_t *c, void *p) CSAN_WEAK;
void csan_api_sealed(csan_cache_t *c, void *p) CSAN_WEAK;
void csan_api_mutable(const void *p, size_t n) CSAN_WEAK CSAN_UNREAD;
void csan_api_evict(csan_cache_t *c, void *p) CSAN_WEAK;
csan_pool_t *csan_api_pool(const char *name, size_t max_capacity, unsigned flags) CSAN_WEAK;
void *csan_api_lend(csan_pool_t *pool, void *p, size_t used, size_t capacity) CSAN_WEAK;
void *csan_api_give_back(csan_pool_t *pool, void *p, size_t used, size_t capacity) CSAN_WEAK;
void csan_api_forget(csan_pool_t *pool, void *p) CSAN_WEAK;
void csan_api_touch(const void *p, const char *hint) CSAN_WEAK CSAN_UNREAD;
void csan_api_expected_ref(const void *where, size_t n, const char *why) CSAN_WEAK CSAN_UNREAD;
#undef CSAN_WEAK
#define CSAN_OR(name, args, other) (csan_api_##name ? csan_api_##name args : (other))
#define CSAN_DO(name, args)                                                                        \
    do {                                                                                           \
        if (csan_api_##name)                                                                       \
            csan_api_##name args;                                                                  \
    } while (0)
#define CSAN_INLINE __attribute__((always_inline))

#else

#define CSAN_OR(name, args, other) (other)
#define CSAN_DO(name, args) (void)0
#define CSAN_INLINE

#endif

/* ------------------------------------------------------------------ caches */

/* Declares a cache; 0: no limit. For good: there is nothing to give back. */
static inline CSAN_INLINE csan_cache_t *csan_cache(const char *name, size_t max_bytes,
                                                   size_t max_entries)
{
    (void)name, (void)max_bytes, (void)max_entries;
    return CSAN_OR(cache, (name, max_bytes, max_entries), NULL);
}

/* p is now cached; n = 0: the size asked of malloc. Keep and use the pointer that it returns. */
static inline CSAN_INLINE void *csan_publish(csan_cache_t *c, void *p, size_t n)
{
    (void)c, (void)n;
    return CSAN_OR(publish, (c, p, n), p);
}

/* The same for what must not move: pointers into itself, a static, part of a larger block. */
static inline CSAN_INLINE void *csan_publish_fixed(csan_cache_t *c, void *p, size_t n)
{
    (void)c, (void)n;
    return CSAN_OR(publish_fixed, (c, p, n), p);
}

/* What the cache gives its caller; p may point inside a published buffer. Of what was never
 * published it returns p. */
CSAN_UNREAD static inline CSAN_INLINE const void *csan_share(const void *p)
{
    return CSAN_OR(share, (p), p);
}

/* The caller is done. Matches the newest share of this thread, else of any. */
CSAN_UNREAD static inline CSAN_INLINE void csan_release(const void *p)
{
    (void)p;
    CSAN_DO(release, (p));
}

/* The owner's window for changing a published buffer; either pointer is understood, the cache may
 * be NULL. Change what csan_writable returns. */
static inline CSAN_INLINE void *csan_writable(csan_cache_t *c, void *p)
{
    (void)c;
    return CSAN_OR(writable, (c, p), p);
}

static inline CSAN_INLINE void csan_sealed(csan_cache_t *c, void *p)
{
    (void)c, (void)p;
    CSAN_DO(sealed, (c, p));
}

/* Bytes of a published buffer that may change at any time: a reference count, a lock, LRU links. */
CSAN_UNREAD static inline CSAN_INLINE void csan_mutable(const void *p, size_t n)
{
    (void)p, (void)n;
    CSAN_DO(mutable, (p, n));
}

/* No longer cached. Legal while shared: the last release ends it. What may be freed is the pointer
 * that csan_publish returned. */
static inline CSAN_INLINE void csan_evict(csan_cache_t *c, void *p)
{
    (void)c, (void)p;
    CSAN_DO(evict, (c, p));
}

/* ------------------------------------------------------------------ pools */

static inline CSAN_INLINE csan_pool_t *csan_pool(const char *name, size_t max_capacity,
                                                 unsigned flags)
{
    (void)name, (void)max_capacity, (void)flags;
    return CSAN_OR(pool, (name, max_capacity, flags), NULL);
}

/* The pool's get: `used` bytes hold data that the borrower is meant to see. Use the pointer that it
 * returns. */
static inline CSAN_INLINE void *csan_lend(csan_pool_t *pool, void *p, size_t used, size_t capacity)
{
    (void)pool, (void)used, (void)capacity;
    return CSAN_OR(lend, (pool, p, used, capacity), p);
}

/* The pool's put: `used` bytes were written by the borrower. The pool keeps what it returns; NULL
 * (share=stress only): the pool does not get this one back. */
static inline CSAN_INLINE void *csan_give_back(csan_pool_t *pool, void *p, size_t used,
                                               size_t capacity)
{
    (void)pool, (void)used, (void)capacity;
    return CSAN_OR(give_back, (pool, p, used, capacity), p);
}

/* The loan ends without a return: the buffer was handed on. realloc keeps a loan, free ends it. */
static inline CSAN_INLINE void csan_forget(csan_pool_t *pool, void *p)
{
    (void)pool, (void)p;
    CSAN_DO(forget, (pool, p));
}

/* ------------------------------------------------------------------ both */

/* Leaves a trace, shown in the report. */
CSAN_UNREAD static inline CSAN_INLINE void csan_touch(const void *p, const char *hint)
{
    (void)p, (void)hint;
    CSAN_DO(touch, (p, hint));
}

/* A pointer that is stored in the n bytes at `where` is meant to stay; ends when the block around
 * `where` is freed. */
CSAN_UNREAD static inline CSAN_INLINE void csan_expected_ref(const void *where, size_t n,
                                                             const char *why)
{
    (void)where, (void)n, (void)why;
    CSAN_DO(expected_ref, (where, n, why));
}

#undef CSAN_DO
#undef CSAN_OR
#undef CSAN_INLINE
#undef CSAN_UNREAD

#ifdef __cplusplus
}
#endif

#endif
