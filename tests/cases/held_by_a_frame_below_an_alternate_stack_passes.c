/* The other way round: the pointer is in the frame that the signal came into. */
#include "case.h"

static char room[64 << 10];

static void handler(int number)
{
    (void)number;
    exit(0);
}

int main(void)
{
    void *volatile local = malloc(32);
    stack_t alternate = {.ss_sp = room, .ss_size = sizeof(room)};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    MUST(sigaltstack(&alternate, NULL) == 0);
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    raise(SIGUSR1);
    keep(local);
    return 1;
}
