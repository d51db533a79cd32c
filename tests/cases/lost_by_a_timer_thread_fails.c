// flags: -pthread
// env: CSAN_MAX_THREADS=off
// leak: leak 32 B in 1 block
#include "timers.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static void work(union sigval value)
{
    (void)value;
    lose();
    wipe_stack();
    sem_post(&fired);
    while (sem_wait(&never) != 0)
        ;
}

int main(void)
{
    fire(work);
    return 0;
}
