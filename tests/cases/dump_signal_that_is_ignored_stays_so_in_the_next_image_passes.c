// plain: no
// env: CSAN_DUMP_SIGNAL=USR2
// expect: ^csan: 1 thread of
// expect-not: not so
#include "dump.h"

static int is_ignored(void)
{
    struct sigaction now;
    MUST(sigaction(SIGUSR2, NULL, &now) == 0);
    return now.sa_handler == SIG_IGN;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return !is_ignored();
    MUST(signal(SIGUSR2, SIG_IGN) == SIG_DFL);
    begin_dumps();
    MUST(execl("/nonexistent", "x", (char *)NULL) == -1);
    MUST(is_ignored());
    MUST(kill(getpid(), SIGUSR2) == 0);
    wait_for_dump();
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", argv[0], "again", (char *)NULL);
        _exit(2);
    }
    wait_for_status(child, 0);
    end_dumps();
    return 0;
}
