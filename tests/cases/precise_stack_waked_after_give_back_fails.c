/* A context sleeps on a pooled stack that is given back: told of where it is waked, and it goes on. */
// env: CSAN_SHARE=precise
// findings: 4
// expect: ^{{at:swapped}}: error: csan\[escape\]: a buffer of 64 KiB of pool "stacks" was used after it was given back
// expect: at wake .*:{{line:swapped}}$
// expect: by swapcontext\(\)$
// expect: given back by thread [0-9]+: at main .*:{{line:given back}}$
// expect: ^{{at:set}}: error: csan\[escape\]: a buffer of 64 KiB of pool "stacks" was used after it was given back
// expect: error: csan\[pool\]: a buffer of pool "stacks" was written to after it was given back
// expect: by setcontext\(\)$
// stdout: ^first second third$
#include "cached.h"

#include <ucontext.h>

#define ROOM ((size_t)64 << 10)

static ucontext_t here, there;
static volatile int times;

static void run(void)
{
    printf("first ");
    MUST(swapcontext(&there, &here) == 0);
    printf("second ");
    MUST(swapcontext(&there, &here) == 0);
    puts("third");
}

static NOINLINE void wake(void)
{
    MUST(swapcontext(&here, &there) == 0); /* swapped */
}

int main(void)
{
    csan_pool_t *stacks = csan_pool("stacks", 0, 0);
    char *stack = malloc(ROOM), *lent = csan_lend(stacks, stack, 0, ROOM);
    MUST(getcontext(&there) == 0);
    there.uc_stack = (stack_t){.ss_sp = lent, .ss_size = ROOM};
    there.uc_link = &here;
    makecontext(&there, run, 0);
    MUST(swapcontext(&here, &there) == 0);
    stack = csan_give_back(stacks, lent, ROOM, ROOM); /* given back */
    wake();
    lent = csan_lend(stacks, stack, 0, ROOM);
    stack = csan_give_back(stacks, lent, ROOM, ROOM);
    there.uc_mcontext.gregs[REG_RSP] += lent - (char *)there.uc_stack.ss_sp;
    MUST(getcontext(&here) == 0);
    if (times++ == 0)
        setcontext(&there); /* set */
    memset(&there, 0, sizeof there);
    memset(&here, 0, sizeof here);
    free(stack);
    return 0;
}
