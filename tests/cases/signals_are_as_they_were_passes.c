#include "case.h"

int main(void)
{
    for (int i = 1; i < 65; i++) {
        struct sigaction now;
        if (i == SIGKILL || i == SIGSTOP || i == 32 || i == 33)
            continue;
        MUST(sigaction(i, NULL, &now) == 0);
        MUST(now.sa_handler == SIG_DFL);
    }
    sigset_t blocked;
    MUST(sigprocmask(SIG_BLOCK, NULL, &blocked) == 0);
    for (int i = 1; i < 65; i++)
        MUST(sigismember(&blocked, i) != 1);
    return 0;
}
