#include "case.h"

#include <ucontext.h>

static ucontext_t outside, inside;

static void coroutine(void)
{
    void *volatile local = malloc(32);
    swapcontext(&inside, &outside);
    keep(local);
}

static char *room;

int main(void)
{
    room = malloc(64 << 10);
    MUST(room && getcontext(&inside) == 0);
    inside.uc_stack.ss_sp = room;
    inside.uc_stack.ss_size = 64 << 10;
    inside.uc_link = &outside;
    makecontext(&inside, coroutine, 0);
    MUST(swapcontext(&outside, &inside) == 0);
    return 0;
}
