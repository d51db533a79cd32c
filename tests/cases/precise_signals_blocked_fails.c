/* All signals are blocked, by the thread and in a handler: a store is found all the same. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 3
// expect: ^{{at:thread}}: error: csan\[mutation\]
// expect: ^{{at:handler}}: error: csan\[mutation\]
// expect: ^{{at:alarm}}: error: csan\[mutation\]
// stdout: ^3 stores$
#include "cached.h"

static char *row;

static void on_usr1(int sig)
{
    (void)sig;
    ((volatile char *)row)[0]++; /* handler */
}

static void on_alarm(int sig)
{
    (void)sig;
    const char *mine = csan_share(row);
    ((volatile char *)mine)[0]++; /* alarm */
    csan_release(mine);
}

int main(void)
{
    sigset_t all, now;
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    row = (char *)csan_share(p);
    sigfillset(&all);
    struct sigaction act = {.sa_handler = on_usr1, .sa_mask = all};
    MUST(sigaction(SIGUSR1, &act, NULL) == 0);
    act.sa_handler = on_alarm;
    MUST(sigaction(SIGALRM, &act, NULL) == 0);
    raise(SIGUSR1);
    raise(SIGALRM);
    MUST(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
    MUST(pthread_sigmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGSEGV) == 1);
    ((volatile char *)row)[0]++; /* thread */
    sigemptyset(&all);
    MUST(sigprocmask(SIG_SETMASK, &all, &now) == 0 && sigismember(&now, SIGSEGV) == 1);
    MUST(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGSEGV) == 0);
    printf("%d stores\n", p[0]);
    csan_release(row);
    drop(p);
    row = NULL;
    return 0;
}
