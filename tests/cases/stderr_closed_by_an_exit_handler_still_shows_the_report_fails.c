// leak: leak 32 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

/* What the small tools of the system do, so that a full disk shows in their status. */
static void close_all(void)
{
    fclose(stdout);
    fclose(stderr);
}

int main(void)
{
    atexit(close_all);
    lose();
    return 0;
}
