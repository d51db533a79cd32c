// flags: -pthread
// env: CSAN_DUMP_SIGNAL=USR2
// stderr: any
/* Whoever is first has it. The program has it in any case: what csan took it sends again. */
#include "case.h"

#include <signal.h>
#include <sys/signalfd.h>

int main(void)
{
    sigset_t usr2;
    struct signalfd_siginfo got;
    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    MUST(sigprocmask(SIG_BLOCK, &usr2, NULL) == 0);
    int fd = signalfd(-1, &usr2, 0);
    MUST(fd >= 0);
    for (int i = 0; i < 20; i++) {
        MUST(kill(getpid(), SIGUSR2) == 0);
        MUST(read(fd, &got, sizeof got) == sizeof got && got.ssi_signo == SIGUSR2);
    }
    return 0;
}
