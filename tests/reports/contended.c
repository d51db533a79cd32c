/* Locks that are waited for: a global mutex by two ways, a rwlock to read and to write, three
 * nameless mutexes at one place, one that csan_name was told of, and one that nobody waits for.
 * `alone`: nobody waits for any; `readers`: a writer waits for a reader; `unseen`: a thread waits
 * for one that csan did not see taken; `fork`: a child follows, in which nobody does. */
#define _GNU_SOURCE
#include <csan.h>

#include "waits.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static pthread_mutex_t rows = PTHREAD_MUTEX_INITIALIZER, idle = PTHREAD_MUTEX_INITIALIZER;
static struct {
    pthread_rwlock_t lock;
} table = {PTHREAD_RWLOCK_INITIALIZER};

static NOINLINE void row_get(void *m)
{
    pthread_mutex_lock(m);
    pthread_mutex_unlock(m);
    __asm__ volatile("");
}

static NOINLINE void row_put(void *m)
{
    pthread_mutex_lock(m);
    pthread_mutex_unlock(m);
    __asm__ volatile("nop");
}

static NOINLINE void table_read(void *l)
{
    pthread_rwlock_rdlock(l);
    pthread_rwlock_unlock(l);
    __asm__ volatile("");
}

static NOINLINE void table_write(void *l)
{
    pthread_rwlock_wrlock(l);
    pthread_rwlock_unlock(l);
    __asm__ volatile("");
}

struct errand {
    void (*want)(void *);
    void *lock;
};

static void *run(void *arg)
{
    struct errand *e = arg;
    begin_to_wait();
    e->want(e->lock);
    return NULL;
}

static int (*lock_past_csan)(pthread_mutex_t *);

enum how { MUTEX, UNSEEN, TO_WRITE, TO_READ };

static inline __attribute__((always_inline)) int take(void *lock, enum how how)
{
    return how == MUTEX      ? pthread_mutex_lock(lock)
           : how == UNSEEN   ? lock_past_csan(lock)
           : how == TO_WRITE ? pthread_rwlock_wrlock(lock)
                             : pthread_rwlock_rdlock(lock);
}

/* One wait, which ends when it has begun. */
static NOINLINE void contend(void (*want)(void *), void *lock, enum how how)
{
    struct errand e = {want, lock};
    waiter_tid = 0;
    pthread_t thread;
    MUST(take(lock, how) == 0);
    MUST(pthread_create(&thread, NULL, run, &e) == 0);
    wait_until_it_waits();
    MUST((how <= UNSEEN ? pthread_mutex_unlock(lock) : pthread_rwlock_unlock(lock)) == 0);
    MUST(pthread_join(thread, NULL) == 0);
}

int main(int argc, char **argv)
{
    pthread_mutex_lock(&idle);
    pthread_mutex_unlock(&idle);
    if (argc > 1 && strcmp(argv[1], "alone") == 0)
        return 0;
    if (argc > 1 && strcmp(argv[1], "readers") == 0) {
        contend(table_write, &table.lock, TO_READ);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "unseen") == 0) {
        *(void **)&lock_past_csan = dlvsym(RTLD_NEXT, "__pthread_mutex_lock", "GLIBC_2.2.5");
        contend(row_get, &rows, UNSEEN);
        contend(row_put, &rows, MUTEX);
        return 0;
    }
    for (int i = 0; i < 3; i++)
        contend(row_get, &rows, MUTEX);
    contend(row_put, &rows, MUTEX);
    contend(table_read, &table.lock, TO_WRITE);
    contend(table_write, &table.lock, TO_WRITE);
    for (int i = 0; i < 4; i++) {
        pthread_mutex_t *m = malloc(sizeof *m);
        pthread_mutex_init(m, NULL);
        if (i == 3)
            csan_name(m, "conn.lock");
        contend(i == 3 ? row_put : row_get, m, MUTEX);
        if (i == 3)
            row_get(m);
        pthread_mutex_destroy(m);
        free(m);
    }
    if (argc > 1 && fork() > 0)
        wait(NULL);
    return 0;
}
