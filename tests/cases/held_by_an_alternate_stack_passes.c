/* The handler runs on a stack that is no thread's own, and ends the program there. */
#include "case.h"

#include <sys/mman.h>

static void handler(int number)
{
    void *volatile local = malloc(32);
    (void)number;
    exit(keep(local) == NULL);
}

int main(void)
{
    void *room = mmap(NULL, 64 << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t alternate = {.ss_sp = room, .ss_size = 64 << 10};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    MUST(room != MAP_FAILED && sigaltstack(&alternate, NULL) == 0);
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    raise(SIGUSR1);
    return 1;
}
