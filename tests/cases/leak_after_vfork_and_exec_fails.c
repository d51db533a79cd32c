// leak: leak 32 B in 1 block
// stdout: ^from the child$
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    int how = 0;
    pid_t child = vfork();
    if (child == 0) {
        execl("/bin/echo", "echo", "from the child", (char *)NULL);
        _exit(127);
    }
    MUST(waitpid(child, &how, 0) == child);
    MUST(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    lose();
    return 0;
}
