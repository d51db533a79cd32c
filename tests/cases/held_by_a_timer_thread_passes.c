// flags: -pthread
// env: CSAN_MAX_THREADS=off
#include "timers.h"

static void work(union sigval value)
{
    void *volatile local = malloc(32);
    (void)value;
    sem_post(&fired);
    while (sem_wait(&never) != 0)
        ;
    keep(local);
}

int main(void)
{
    fire(work);
    return 0;
}
