// flags: -pthread
// env: CSAN_MAX_BLOCKED=4
// env: CSAN_BLOCKED_AFTER=50ms
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

int main(void)
{
    pthread_t threads[4];
    start_crowd(threads, 4);
    nap_ms(500);
    end_crowd(threads, 4);
    return 0;
}
