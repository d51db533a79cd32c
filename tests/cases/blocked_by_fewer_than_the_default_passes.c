// flags: -pthread

#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

int main(void)
{
    pthread_t threads[16];
    start_crowd(threads, 16);
    nap_ms(1500);
    end_crowd(threads, 16);
    return 0;
}
