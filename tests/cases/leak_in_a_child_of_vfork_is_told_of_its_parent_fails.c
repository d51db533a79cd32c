// leak: leak 32 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

/* It runs in its parent's memory: there is no verdict on it, and what it lost its parent has lost.
 */
int main(void)
{
    pid_t child = vfork();
    if (child == 0) {
        lose();
        _exit(0);
    }
    wait_for_status(child, 0);
    return 0;
}
