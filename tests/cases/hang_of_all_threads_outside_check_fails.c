// flags: -pthread
// env: CSAN_HANG_AFTER=300ms
// expect: ^{{at:wait}}: error: csan\[blocked\]: nothing has run for .*: 3 threads wait in sem_wait > hang_after=300ms$
// expect: 1 thread waits in pthread_join: at main .*:{{line:join}}
// stdout: ^written before it hung$
// findings: 1
// plain: no
#include "case.h"

#include <semaphore.h>

static sem_t never;

static void *work(void *arg)
{
    while (sem_wait(&never) != 0) /* wait */
        ;
    return arg;
}

int main(void)
{
    pthread_t thread[3];
    MUST(sem_init(&never, 0, 0) == 0);
    for (int i = 0; i < 3; i++)
        MUST(pthread_create(&thread[i], NULL, work, NULL) == 0);
    printf("written before it hung\n");
    for (int i = 0; i < 3; i++)
        MUST(pthread_join(thread[i], NULL) == 0); /* join */
    return 0;
}
