// plain: no
// env: CSAN_DUMP_SIGNAL=USR1
// flags: -Wno-deprecated-declarations
#include "waits.h"

static volatile sig_atomic_t handled;

static void handle(int sig)
{
    handled = sig;
}

int main(void)
{
    MUST(sigset(SIGUSR1, handle) != SIG_ERR);
    MUST(raise(SIGUSR1) == 0);
    MUST(handled == SIGUSR1);
    nap_ms(300);
    return 0;
}
