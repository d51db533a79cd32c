// leak: leak 32 B in 1 block
#include "case.h"

static int ends[2];

static NOINLINE void send_away(void)
{
    void *p = malloc(32); /* leak */
    MUST(write(ends[1], &p, sizeof(p)) == sizeof(p));
}

int main(void)
{
    MUST(pipe(ends) == 0);
    send_away();
    return 0;
}
