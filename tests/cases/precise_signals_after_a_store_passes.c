/* After a store through a share the thread's mask is what it was: empty, or with what it had. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// stdout: ^2 signals, 4 stores$
#include "cached.h"

static volatile int signals;
static char *row;

static void on_usr1(int sig)
{
    (void)sig;
    signals++;
    ((volatile char *)row)[0]++;
}

static void must_block(int usr1)
{
    sigset_t now;
    MUST(pthread_sigmask(SIG_BLOCK, NULL, &now) == 0);
    for (int sig = 1; sig < 32; sig++)
        MUST(sigismember(&now, sig) == (sig == SIGUSR1 && usr1));
}

int main(void)
{
    sigset_t usr1;
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    row = (char *)csan_share(p);
    MUST(signal(SIGUSR1, on_usr1) != SIG_ERR);
    ((volatile char *)row)[0]++;
    must_block(0);
    raise(SIGUSR1);
    must_block(0);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    MUST(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0);
    raise(SIGUSR1);
    ((volatile char *)row)[0]++;
    must_block(1);
    MUST(signals == 1 && p[0] == 3);
    MUST(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL) == 0);
    printf("%d signals, %d stores\n", signals, p[0]);
    csan_release(row);
    drop(p);
    row = NULL;
    return 0;
}
