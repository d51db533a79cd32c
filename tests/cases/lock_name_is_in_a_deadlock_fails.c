// flags: -pthread
// expect: error: csan\[deadlock\]: 2 threads wait for each other: (mutex `A`, rwlock `B`|rwlock `B`, mutex `A`)
// expect: thread [0-9]+.* took mutex `A`
// expect: thread [0-9]+.* took rwlock `B`
// expect: thread [0-9]+ waits for (mutex `A`|rwlock `B`)
// findings: 1
#include "case.h"

#include <csan.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t b = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t both_hold;

static void *take_the_other(void *arg)
{
    pthread_rwlock_wrlock(&b);
    pthread_barrier_wait(&both_hold);
    pthread_mutex_lock(&a);
    return arg;
}

int main(void)
{
    pthread_t thread;
    csan_name(&a, "A");
    csan_name(&b, "B");
    MUST(pthread_barrier_init(&both_hold, NULL, 2) == 0);
    MUST(pthread_create(&thread, NULL, take_the_other, NULL) == 0);
    pthread_mutex_lock(&a);
    pthread_barrier_wait(&both_hold);
    pthread_rwlock_rdlock(&b);
    return 0;
}
