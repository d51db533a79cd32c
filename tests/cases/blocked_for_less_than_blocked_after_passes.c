// flags: -pthread
// env: CSAN_MAX_BLOCKED=4
// env: CSAN_BLOCKED_AFTER=10min
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

int main(void)
{
    pthread_t threads[5];
    start_crowd(threads, 5);
    nap_ms(300);
    end_crowd(threads, 5);
    return 0;
}
