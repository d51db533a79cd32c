// leak: leak 32 B in 1 block
// expect-status: 0
// run: $PROG | cat
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

/* The pipe keeps the run going until the daemon has ended; nobody waits for its status. */
int main(void)
{
    if (fork() != 0)
        _exit(0);
    setsid();
    if (fork() != 0)
        _exit(0);
    lose();
    return 0;
}
