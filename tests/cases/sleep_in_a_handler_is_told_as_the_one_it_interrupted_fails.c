// flags: -pthread
// findings: 1
// expect: error: csan\[thread\]: 1 thread never joined nor detached: 1 still runs
// expect: 1 thread waits in sem_wait: at serve .*:{{line:outer}}$
// expect-not: waits in read
#include "left.h"
#include "waits.h"

#include <signal.h>

static int ends[2];

static void on_signal(int sig)
{
    char c;
    (void)sig;
    while (read(ends[0], &c, 1) != 1)
        ;
}

static NOINLINE void *serve(void *arg)
{
    begin_to_wait();
    while (sem_wait(&never) != 0) /* outer */
        ;
    return arg;
}

int main(void)
{
    pthread_t thread;
    begin();
    MUST(pipe(ends) == 0);
    MUST(signal(SIGUSR1, on_signal) != SIG_ERR);
    MUST(pthread_create(&thread, NULL, serve, NULL) == 0);
    wait_until_it_waits();
    MUST(pthread_kill(thread, SIGUSR1) == 0);
    wait_until_in_call(waiter_tid, SYS_read);
    return 0;
}
