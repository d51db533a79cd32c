// leak: leak 32 B in 1 block
// stdout-not: child
#include "case.h"

static void on_child(int number)
{
    (void)number;
    MUST(write(1, "child\n", 6) == 6);
}

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    signal(SIGCHLD, on_child);
    lose();
    return 0;
}
