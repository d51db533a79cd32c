// expect-status: 0
// expect-not: .
#include "case.h"

#include <sys/time.h>

static volatile int rounds;

/* Not allowed by POSIX inside malloc itself, so the main thread does not call it meanwhile. */
static void handler(int number)
{
    (void)number;
    free(keep(malloc(100)));
    rounds++;
}

int main(void)
{
    struct itimerval often = {{0, 500}, {0, 500}};
    signal(SIGPROF, handler);
    setitimer(ITIMER_PROF, &often, NULL);
    while (rounds < 50)
        keep(NULL);
    return 0;
}
