/* A limit: SIGSEGV that is sent while the program has it blocked arrives at once; and sigaction's
 * old mask is without it. */
// env: CSAN_SHARE=precise
// plain: no
#include "cached.h"

static volatile int arrived;

static void on_signal(int sig)
{
    (void)sig;
    arrived++;
}

int main(void)
{
    struct sigaction act = {.sa_handler = on_signal}, old;
    sigset_t segv;
    sigemptyset(&segv);
    sigaddset(&segv, SIGSEGV);
    MUST(sigaction(SIGSEGV, &act, NULL) == 0);
    MUST(pthread_sigmask(SIG_BLOCK, &segv, NULL) == 0);
    raise(SIGSEGV);
    MUST(arrived == 1);
    MUST(pthread_sigmask(SIG_UNBLOCK, &segv, NULL) == 0);
    act.sa_mask = segv;
    MUST(sigaction(SIGUSR1, &act, NULL) == 0 && sigaction(SIGUSR1, NULL, &old) == 0);
    MUST(sigismember(&old.sa_mask, SIGSEGV) == 0);
    return 0;
}
