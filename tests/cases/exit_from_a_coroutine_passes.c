#include "case.h"

#include <ucontext.h>

static ucontext_t outside, inside;
static char room[64 << 10];

static void coroutine(void)
{
    void *volatile local = malloc(32);
    exit(keep(local) == NULL);
}

/* The pointer of main's frame is only on the stack that nobody runs on any more. */
int main(void)
{
    void *volatile local = malloc(48);
    MUST(getcontext(&inside) == 0);
    inside.uc_stack.ss_sp = room;
    inside.uc_stack.ss_size = sizeof(room);
    makecontext(&inside, coroutine, 0);
    MUST(swapcontext(&outside, &inside) == 0);
    keep(local);
    return 1;
}
