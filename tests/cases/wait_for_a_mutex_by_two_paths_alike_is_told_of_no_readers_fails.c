// flags: -pthread
// env: CSAN_MAX_WAIT=off
// env: CSAN_MAX_WAIT_TOTAL=1ms
// expect: error: csan\[wait\]: .* for (a mutex|mutex `[^`]+`) > max_wait_total=1ms$
// expect-not: came by one path
// findings: 1
#include "waits_of_many.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void give(void)
{
    before_it();
    pthread_mutex_lock(&lock); /* give */
    int mine = inside_it(200);
    pthread_mutex_unlock(&lock);
    after_it(mine);
}

static NOINLINE void take(void)
{
    before_it();
    pthread_mutex_lock(&lock); /* take */
    int mine = inside_it(200);
    pthread_mutex_unlock(&lock);
    after_it(mine);
}

static void section(int who, int round)
{
    (void)round;
    if (who % 2)
        give();
    else
        take();
}

int main(void)
{
    run_workers(4);
    return 0;
}
