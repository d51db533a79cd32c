// leak: leak 32 B in 1 block
// findings: 1
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    pid_t child = fork();
    if (child == 0)
        return 0;
    wait_for_status(child, 0);
    return 0;
}
