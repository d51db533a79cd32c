/* Return values of every lock function are libc's own: of each kind of mutex, of rwlocks and spin
 * locks, with times and clocks that are wrong, and of an owner that died. */
// flags: -pthread
// env: CSAN_LOCK_MISUSE=off
// env: CSAN_LOCK_ORDER=off
#include "case.h"
#include <threads.h>
#include <time.h>

static const struct timespec past = {.tv_sec = 1}, wrong = {.tv_sec = 4000000000, .tv_nsec = -1};
static pthread_mutex_t m;
static pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;

static void make(int type, int robust, int protocol)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    MUST(pthread_mutexattr_settype(&a, type) == 0);
    MUST(pthread_mutexattr_setrobust(&a, robust) == 0);
    MUST(pthread_mutexattr_setprotocol(&a, protocol) == 0);
    MUST(pthread_mutex_init(&m, &a) == 0);
}

static void *lock_it(void *unused)
{
    MUST(pthread_mutex_lock(&m) == 0);
    return unused;
}

static void *try_it(void *expected)
{
    MUST(pthread_mutex_trylock(&m) == (int)(intptr_t)expected);
    MUST(pthread_mutex_timedlock(&m, &past) == ETIMEDOUT);
    MUST(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &past) == ETIMEDOUT);
    MUST(pthread_mutex_clocklock(&m, CLOCK_PROCESS_CPUTIME_ID, &past) == EINVAL);
    MUST(pthread_mutex_timedlock(&m, &wrong) == EINVAL);
    return NULL;
}

static void in_a_thread(void *(*body)(void *), intptr_t argument)
{
    pthread_t id;
    MUST(pthread_create(&id, NULL, body, (void *)argument) == 0);
    MUST(pthread_join(id, NULL) == 0);
}

static void use_mutexes(void)
{
    static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ADAPTIVE_NP};
    for (int i = 0; i < 8; i++) {
        int type = types[i % 4];
        make(type, PTHREAD_MUTEX_STALLED, i < 4 ? PTHREAD_PRIO_NONE : PTHREAD_PRIO_INHERIT);
        MUST(pthread_mutex_clocklock(&m, CLOCK_PROCESS_CPUTIME_ID, &past) == EINVAL);
        MUST(pthread_mutex_timedlock(&m, &wrong) == 0); /* not looked at: it is free */
        in_a_thread(try_it, EBUSY);
        if (type == PTHREAD_MUTEX_RECURSIVE) {
            MUST(pthread_mutex_lock(&m) == 0 && pthread_mutex_trylock(&m) == 0);
            MUST(pthread_mutex_unlock(&m) == 0 && pthread_mutex_unlock(&m) == 0);
        } else {
            MUST(pthread_mutex_trylock(&m) == (i == 6 ? EDEADLK : EBUSY));
        }
        if (type == PTHREAD_MUTEX_ERRORCHECK)
            MUST(pthread_mutex_lock(&m) == EDEADLK);
        MUST(pthread_mutex_destroy(&m) == EBUSY);
        MUST(pthread_mutex_unlock(&m) == 0);
        if (type == PTHREAD_MUTEX_RECURSIVE || type == PTHREAD_MUTEX_ERRORCHECK)
            MUST(pthread_mutex_unlock(&m) == EPERM);
        MUST(pthread_mutex_destroy(&m) == 0);
        MUST(pthread_mutex_lock(&m) == EINVAL);
    }
}

static void use_robust(void)
{
    for (int way = 0; way < 4; way++) {
        make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
        in_a_thread(lock_it, 0);
        struct timespec later = {.tv_sec = 4000000000};
        int got = way == 0   ? pthread_mutex_lock(&m)
                  : way == 1 ? pthread_mutex_trylock(&m)
                  : way == 2 ? pthread_mutex_timedlock(&m, &later)
                             : pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &later);
        MUST(got == EOWNERDEAD);
        if (way % 2)
            MUST(pthread_mutex_consistent(&m) == 0);
        MUST(pthread_mutex_unlock(&m) == 0);
        MUST(pthread_mutex_lock(&m) == (way % 2 ? 0 : ENOTRECOVERABLE));
        if (way % 2)
            MUST(pthread_mutex_unlock(&m) == 0);
        MUST(pthread_mutex_destroy(&m) == 0);
    }
}

static void *read_it(void *unused)
{
    MUST(pthread_rwlock_tryrdlock(&l) == EBUSY && pthread_rwlock_trywrlock(&l) == EBUSY);
    MUST(pthread_rwlock_timedrdlock(&l, &past) == ETIMEDOUT);
    MUST(pthread_rwlock_clockwrlock(&l, CLOCK_MONOTONIC, &past) == ETIMEDOUT);
    return unused;
}

static void use_rwlock(void)
{
    MUST(pthread_rwlock_timedrdlock(&l, &wrong) == EINVAL);
    MUST(pthread_rwlock_clockrdlock(&l, CLOCK_PROCESS_CPUTIME_ID, &past) == EINVAL);
    MUST(pthread_rwlock_rdlock(&l) == 0 && pthread_rwlock_tryrdlock(&l) == 0);
    MUST(pthread_rwlock_trywrlock(&l) == EBUSY);
    MUST(pthread_rwlock_unlock(&l) == 0 && pthread_rwlock_unlock(&l) == 0);
    MUST(pthread_rwlock_wrlock(&l) == 0);
    MUST(pthread_rwlock_rdlock(&l) == EDEADLK && pthread_rwlock_wrlock(&l) == EDEADLK);
    in_a_thread(read_it, 0);
    MUST(pthread_rwlock_unlock(&l) == 0);
}

static void use_the_rest(void)
{
    pthread_spinlock_t spin;
    mtx_t mutex;
    pthread_spin_init(&spin, 0);
    MUST(pthread_spin_lock(&spin) == 0 && pthread_spin_trylock(&spin) == EBUSY);
    MUST(pthread_spin_unlock(&spin) == 0 && pthread_spin_destroy(&spin) == 0);
    MUST(mtx_init(&mutex, mtx_timed | mtx_recursive) == thrd_success);
    MUST(mtx_lock(&mutex) == thrd_success && mtx_trylock(&mutex) == thrd_success);
    MUST(mtx_unlock(&mutex) == thrd_success && mtx_unlock(&mutex) == thrd_success);
    MUST(mtx_unlock(&mutex) == thrd_error);
    mtx_destroy(&mutex);
    MUST(pthread_join(pthread_self(), NULL) == EDEADLK);
}

int main(void)
{
    use_mutexes();
    use_robust();
    use_rwlock();
    use_the_rest();
    return 0;
}
