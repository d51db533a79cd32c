// flags: -pthread
// env: CSAN_MAX_WAIT=off
// env: CSAN_MAX_WAIT_TOTAL=1ms
// expect: error: csan\[wait\]: .* for (a rwlock|rwlock `[^`]+`), to .* > max_wait_total=1ms$
// expect-not: plain mutex
// findings: 1
#include "waits_of_many.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static NOINLINE void look_up(void)
{
    pthread_rwlock_rdlock(&lock);
    compute_us(200);
    pthread_rwlock_unlock(&lock);
}

static NOINLINE void replace(void)
{
    pthread_rwlock_wrlock(&lock);
    compute_us(200);
    pthread_rwlock_unlock(&lock);
}

static void section(int who, int round)
{
    (void)round;
    if (who != 0)
        look_up();
    else
        replace();
}

int main(void)
{
    run_workers(4);
    return 0;
}
