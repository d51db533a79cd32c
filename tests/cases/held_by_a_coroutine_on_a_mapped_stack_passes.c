#include "case.h"

#include <sys/mman.h>
#include <ucontext.h>

static ucontext_t outside, inside;

static void coroutine(void)
{
    void *volatile local = malloc(32);
    swapcontext(&inside, &outside);
    keep(local);
}

int main(void)
{
    void *room = mmap(NULL, 64 << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(room != MAP_FAILED && getcontext(&inside) == 0);
    inside.uc_stack.ss_sp = room;
    inside.uc_stack.ss_size = 64 << 10;
    inside.uc_link = &outside;
    makecontext(&inside, coroutine, 0);
    MUST(swapcontext(&outside, &inside) == 0);
    return 0;
}
