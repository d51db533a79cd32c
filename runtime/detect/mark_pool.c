#include "detect/mark_pool.h"
#include "base/os.h"

#include <string.h>

#define SPINS 2000

static void lock(struct mark_pool *p)
{
    for (unsigned spins = 0; __atomic_exchange_n(&p->lock, 1, __ATOMIC_ACQUIRE) != 0; spins++) {
        __builtin_ia32_pause();
        if (spins % 256 == 255)
            csan__os_yield();
    }
}

static void unlock(struct mark_pool *p)
{
    __atomic_store_n(&p->lock, 0, __ATOMIC_RELEASE);
}

/* Locked. */
static void tell(struct mark_pool *p)
{
    __atomic_fetch_add(&p->event, 1, __ATOMIC_RELEASE);
}

static void wake(struct mark_pool *p)
{
    if (__atomic_load_n(&p->sleepers, __ATOMIC_SEQ_CST))
        csan__os_futex_wake(&p->event, INT32_MAX);
}

static void wait(struct mark_pool *p, uint32_t seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (__atomic_load_n(&p->event, __ATOMIC_ACQUIRE) != seen)
            return;
        __builtin_ia32_pause();
    }
    __atomic_fetch_add(&p->sleepers, 1, __ATOMIC_SEQ_CST);
    csan__os_futex_wait(&p->event, seen, 1000000u);
    __atomic_fetch_sub(&p->sleepers, 1, __ATOMIC_SEQ_CST);
}

bool csan__mark_pool_give(struct mark_pool *p, const uintptr_t *entries)
{
    lock(p);
    uint32_t n = p->nchunks;
    bool fits = n < MARK_POOL_ROOM;
    if (fits) {
        memcpy(p->chunks[n], entries, sizeof p->chunks[n]);
        __atomic_store_n(&p->nchunks, n + 1, __ATOMIC_RELAXED);
        tell(p);
    }
    unlock(p);
    wake(p);
    return fits;
}

bool csan__mark_pool_take(struct mark_pool *p, bool is_first, uintptr_t *entries)
{
    lock(p);
    __atomic_store_n(&p->idle, p->idle + 1, __ATOMIC_RELAXED);
    if (p->idle == p->markers)
        tell(p);
    bool got;
    while (!(got = p->nchunks > 0) && !(is_first ? p->idle == p->markers : p->ended)) {
        uint32_t seen = p->event;
        unlock(p);
        wake(p);
        wait(p, seen);
        lock(p);
    }
    if (got) {
        uint32_t n = p->nchunks - 1;
        memcpy(entries, p->chunks[n], sizeof p->chunks[n]);
        __atomic_store_n(&p->nchunks, n, __ATOMIC_RELAXED);
        __atomic_store_n(&p->idle, p->idle - 1, __ATOMIC_RELAXED);
    }
    unlock(p);
    return got;
}

void csan__mark_pool_add(struct mark_pool *p)
{
    lock(p);
    p->markers++;
    unlock(p);
}

void csan__mark_pool_resume(struct mark_pool *p)
{
    lock(p);
    __atomic_store_n(&p->idle, p->idle - 1, __ATOMIC_RELAXED);
    unlock(p);
}

void csan__mark_pool_end(struct mark_pool *p)
{
    lock(p);
    p->ended = true;
    tell(p);
    unlock(p);
    wake(p);
}
