/* A real fault ends the process with the status, core flag included, that it has by itself. */
// env: CSAN_SHARE=precise
// stderr: any
// stdout: ^same$
#include "cached.h"

static char *volatile wild = (char *)8;

static int end(int by_itself)
{
    int status;
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid == 0) {
        /* the kernel's own disposition, past csan */
        unsigned long none[4] = {0};
        if (by_itself)
            syscall(SYS_rt_sigaction, SIGSEGV, none, NULL, 8);
        *wild = 1;
        _exit(0);
    }
    MUST(waitpid(pid, &status, 0) == pid);
    return status;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    MUST(chdir("/tmp") == 0);
    MUST(WIFSIGNALED(end(1)) && end(0) == end(1));
    puts("same");
    drop(p);
    return 0;
}
