/* A process that was started with every signal blocked: a store is found all the same. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:store}}: error: csan\[mutation\]
// stdout: ^blocked$
#include "cached.h"

int main(int argc, char **argv)
{
    sigset_t all, now;
    sigfillset(&all);
    if (argc == 1) {
        char *const again[] = {argv[0], (char *)(uintptr_t)"again", NULL};
        MUST(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8) == 0);
        execv("/proc/self/exe", again);
        MUST(0);
    }
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    MUST(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGSEGV) == 1);
    puts("blocked");
    fflush(stdout);
    ((volatile char *)row)[0]++; /* store */
    csan_release(row);
    drop(p);
    return 0;
}
