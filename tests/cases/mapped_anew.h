/* What the cases of locks in mappings share: a lock in one is taken inside another lock, and later,
 * when the case has done to the mapping what it is about, outside of it. */
#include "case.h"

#define PAGE 4096u

static pthread_mutex_t outside = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t *mapped;

static void *map_at(void *where, int how)
{
    void *p = mmap(where, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | how, -1, 0);
    MUST(p != MAP_FAILED);
    return p;
}

static void *forwards(void *arg)
{
    MUST(pthread_mutex_lock(&outside) == 0 && pthread_mutex_lock(mapped) == 0);
    MUST(pthread_mutex_unlock(mapped) == 0 && pthread_mutex_unlock(&outside) == 0);
    return arg;
}

static void *backwards(void *arg)
{
    MUST(pthread_mutex_lock(mapped) == 0 && pthread_mutex_lock(&outside) == 0);
    MUST(pthread_mutex_unlock(&outside) == 0 && pthread_mutex_unlock(mapped) == 0);
    return arg;
}

static void run_one(void *(*run)(void *))
{
    pthread_t id;
    MUST(pthread_create(&id, NULL, run, NULL) == 0);
    MUST(pthread_join(id, NULL) == 0);
}

static inline int take_in_both_orders(void (*in_between)(void))
{
    mapped = map_at(NULL, 0);
    run_one(forwards);
    in_between();
    run_one(backwards);
    return 0;
}
