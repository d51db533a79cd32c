// leak: leak 32 B in 1 block
// expect: ^ +at coroutine tests/cases/lost_in_a_coroutine_fails.c:{{line:call}}
#include "case.h"

#include <ucontext.h>

static ucontext_t outside, inside;
static char room[64 << 10];

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static void coroutine(void)
{
    lose(); /* call */
    keep(room);
}

int main(void)
{
    MUST(getcontext(&inside) == 0);
    inside.uc_stack.ss_sp = room;
    inside.uc_stack.ss_size = sizeof(room);
    inside.uc_link = &outside;
    makecontext(&inside, coroutine, 0);
    MUST(swapcontext(&outside, &inside) == 0);
    memset(room, 0, sizeof(room));
    return 0;
}
