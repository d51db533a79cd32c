// plain: no
// env: CSAN_DUMP_SIGNAL=USR2
// expect: ^csan: end of the threads
// expect-not: not so
#include "dump.h"

#include <poll.h>

/* It is pending already when it comes again: the kernel tells nobody. */
int main(void)
{
    sigset_t signals;
    struct timespec at_once = {0, 0};
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR2);
    MUST(sigprocmask(SIG_BLOCK, &signals, NULL) == 0);
    begin_dumps();
    MUST(kill(getpid(), SIGUSR2) == 0);
    wait_for_dump();
    MUST(kill(getpid(), SIGUSR2) == 0);
    nap_ms(300);
    MUST(poll(&(struct pollfd){.fd = dumps_fd, .events = POLLIN}, 1, 0) == 0);
    MUST(sigtimedwait(&signals, NULL, &at_once) == SIGUSR2);
    MUST(kill(getpid(), SIGUSR2) == 0);
    wait_for_dump();
    end_dumps();
    return 0;
}
