// leak: leak 32 B in 1 block
// expect: ^ +at handler tests/cases/leak_in_a_signal_handler_fails.c
// expect: ^ +at main tests/cases/leak_in_a_signal_handler_fails.c:{{line:raise}}
#include "case.h"

static void handler(int number)
{
    (void)number;
    keep(malloc(32)); /* leak */
}

int main(void)
{
    signal(SIGUSR1, handler);
    raise(SIGUSR1); /* raise */
    return 0;
}
