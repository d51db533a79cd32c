// flags: -pthread
// findings: 1
// expect: error: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
/* The second lock at that address is another one; nobody has told, as pthread_mutex_init would. */
#include "case.h"

#include <sys/mman.h>

static pthread_mutex_t outside = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t *mapped;

static void map_at(void *where)
{
    int fixed = where ? MAP_FIXED_NOREPLACE : 0;
    mapped = mmap(where, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);
    MUST(mapped != MAP_FAILED);
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

int main(void)
{
    map_at(NULL);
    run_one(forwards);
    void *where = mapped;
    MUST(munmap(where, 4096) == 0);
    map_at(where);
    MUST(mapped == where);
    run_one(backwards);
    return 0;
}
