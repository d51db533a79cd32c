// leak: leak 32 B in 1 block
// stdout: ^once$
// stdout-not: onceonce
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

/* The child has a copy of the buffer, and leaves by _exit so that it is not written twice. */
int main(void)
{
    printf("once");
    if (fork() == 0) {
        lose();
        _exit(0);
    }
    int how = 0;
    MUST(wait(&how) > 0);
    return 0;
}
