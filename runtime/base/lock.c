#include "base/lock.h"
#include "base/os.h"

/* Drepper, "Futexes Are Tricky", mutex 2: 0 free, 1 held, 2 held with waiters. */
bool csan__lock_try(struct lock *l)
{
    uint32_t free_word = 0;
    return __atomic_compare_exchange_n(&l->word, &free_word, 1, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static struct lock *known; /* every lock that was ever taken; only grows */

static void make_known(struct lock *l)
{
    if (__atomic_exchange_n(&l->known, 1, __ATOMIC_RELAXED))
        return;
    l->next = __atomic_load_n(&known, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&known, &l->next, l, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
}

void csan__lock_take(struct lock *l)
{
    if (CSAN_UNLIKELY(!__atomic_load_n(&l->known, __ATOMIC_RELAXED)))
        make_known(l);
    if (CSAN_LIKELY(csan__lock_try(l)))
        return;
    for (int spins = 0; spins < 64; spins++) {
        __builtin_ia32_pause();
        if (__atomic_load_n(&l->word, __ATOMIC_RELAXED) == 0 && csan__lock_try(l))
            return; /* who only looks does not take the line from who holds it */
    }
    while (__atomic_exchange_n(&l->word, 2, __ATOMIC_ACQUIRE) != 0)
        csan__os_futex_wait(&l->word, 2, l->rank == LOCK_BORROW ? BRIEF_NS : 0);
}

bool csan__lock_take_for(struct lock *l, uint64_t ns)
{
    if (CSAN_UNLIKELY(!__atomic_load_n(&l->known, __ATOMIC_RELAXED)))
        make_known(l);
    if (csan__lock_try(l) || __atomic_exchange_n(&l->word, 2, __ATOMIC_ACQUIRE) == 0)
        return true;
    csan__os_futex_wait(&l->word, 2, ns);
    return __atomic_exchange_n(&l->word, 2, __ATOMIC_ACQUIRE) == 0;
}

void csan__lock_give(struct lock *l)
{
    if (__atomic_exchange_n(&l->word, 0, __ATOMIC_RELEASE) == 2)
        csan__os_futex_wake(&l->word, 1);
}

void csan__lock_take_all(void)
{
    for (int rank = 0; rank < LOCK_RANKS; rank++)
        for (struct lock *l = __atomic_load_n(&known, __ATOMIC_ACQUIRE); l; l = l->next)
            if (l->rank == (enum lock_rank)rank)
                csan__lock_take(l);
}

void csan__lock_give_all(void)
{
    for (struct lock *l = __atomic_load_n(&known, __ATOMIC_ACQUIRE); l; l = l->next)
        csan__lock_give(l);
}
