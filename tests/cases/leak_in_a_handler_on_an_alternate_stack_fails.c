// leak: leak 32 B in 1 block
// expect: ^ +at main tests/cases/leak_in_a_handler_on_an_alternate_stack_fails.c:{{line:raise}}
#include "case.h"

static char room[64 << 10];

static void handler(int number)
{
    (void)number;
    keep(malloc(32)); /* leak */
}

int main(void)
{
    stack_t alternate = {.ss_sp = room, .ss_size = sizeof(room)};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    MUST(sigaltstack(&alternate, NULL) == 0);
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    raise(SIGUSR1); /* raise */
    memset(room, 0, sizeof(room));
    return 0;
}
