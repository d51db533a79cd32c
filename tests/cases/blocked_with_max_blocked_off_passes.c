// flags: -pthread
// env: CSAN_MAX_BLOCKED=off
// env: CSAN_BLOCKED_AFTER=50ms
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

int main(void)
{
    pthread_t threads[20];
    start_crowd(threads, 20);
    nap_ms(300);
    end_crowd(threads, 20);
    return 0;
}
