// flags: -pthread
// plain: no
// env: CSAN_DUMP_SIGNAL=USR2
// expect: ^csan: end of the threads
// expect-not: not so
#include "dump.h"

static sigset_t signals;

/* Who waits for it has it as it was sent. */
static void *take(void *arg)
{
    siginfo_t info;
    begin_to_wait();
    MUST(sigwaitinfo(&signals, &info) == SIGUSR2);
    MUST(info.si_code == SI_QUEUE && info.si_value.sival_int == 42 && info.si_pid == getpid());
    return arg;
}

static void *take_by_number(void *arg)
{
    int sig;
    begin_to_wait();
    MUST(sigwait(&signals, &sig) == 0);
    MUST(sig == SIGUSR2);
    return arg;
}

static void try(void *(*taker)(void *), long call)
{
    pthread_t thread;
    waiter_tid = 0;
    MUST(pthread_create(&thread, NULL, taker, NULL) == 0);
    while (!__atomic_load_n(&waiter_tid, __ATOMIC_SEQ_CST))
        sched_yield();
    wait_until_in_call(waiter_tid, call);
    MUST(sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 42}) == 0);
    wait_for_dump();
    MUST(pthread_join(thread, NULL) == 0);
}

int main(void)
{
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR2);
    MUST(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    begin_dumps();
    try(take, SYS_rt_sigtimedwait);
    try(take_by_number, SYS_rt_sigtimedwait);
    MUST(kill(getpid(), SIGUSR2) == 0); /* nobody waits for it */
    wait_for_dump();
    sigset_t pending;
    MUST(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2) == 1);
    end_dumps();
    return 0;
}
