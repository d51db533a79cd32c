// expect-status: 0
// leak: leak 32 B in 1 block
// mode: link
// stdout: ^0 1 2 3 $
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

/* 3 is the one that ls has for the folder itself. */
int main(void)
{
    lose();
    execl("/bin/sh", "sh", "-c", "ls /proc/self/fd | tr '\\n' ' '; echo", (char *)NULL);
    return 1;
}
