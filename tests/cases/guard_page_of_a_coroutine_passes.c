#include "case.h"

#include <sys/mman.h>
#include <ucontext.h>

/* The lowest page of its stack cannot be read, nor can the one above: csan stops at neither. */
#define PAGE ((size_t)4096)
#define ROOM (16 * PAGE)

static ucontext_t outside, inside;

static void coroutine(void)
{
    void *volatile local = malloc(32);
    swapcontext(&inside, &outside);
    keep(local);
}

int main(void)
{
    char *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(room != MAP_FAILED && getcontext(&inside) == 0);
    MUST(mprotect(room, PAGE, PROT_NONE) == 0);
    MUST(mprotect(room + ROOM - PAGE, PAGE, PROT_NONE) == 0);
    inside.uc_stack.ss_sp = room;
    inside.uc_stack.ss_size = ROOM - PAGE;
    inside.uc_link = &outside;
    makecontext(&inside, coroutine, 0);
    MUST(swapcontext(&outside, &inside) == 0);
    return 0;
}
