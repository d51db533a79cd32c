// plain: no
// env: CSAN_DUMP_SIGNAL=USR1
// expect: ^csan: 1 thread of
// expect: ^csan: end of the threads
#include "case.h"

static void end(int sig)
{
    _exit(sig != SIGUSR1);
}

int main(void)
{
    MUST(signal(SIGUSR1, end) == SIG_DFL);
    raise(SIGUSR1);
    return 1;
}
