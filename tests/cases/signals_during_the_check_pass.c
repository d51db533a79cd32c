// plain: no
// flags: -Iinclude
// expect-status: 0
// expect-not: .
/* A timer's signal all the time: each check is whole, and each signal is delivered. */
#include "case.h"

#include <csan.h>
#include <sys/time.h>

static volatile sig_atomic_t seen;
static void *volatile global;

static void handler(int number)
{
    (void)number;
    seen++;
    free(malloc(32));
}

int main(void)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
    MUST(sigaction(SIGALRM, &action, NULL) == 0);
    MUST(setitimer(ITIMER_REAL, &often, NULL) == 0);
    global = malloc(48);
    int found = 0;
    for (int i = 0; i < 100 || seen < 10; i++)
        found += csan_check(0);
    MUST(setitimer(ITIMER_REAL, &never, NULL) == 0);
    MUST(found == 0);
    return 0;
}
