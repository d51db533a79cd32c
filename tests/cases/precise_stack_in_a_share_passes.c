/* Stacks of contexts in memory of precise: the owner's, one on loan, one of malloc's. Between them are
 * stores, signals on an alternate stack, and leaks that are none. */
// env: CSAN_SHARE=precise
// stdout: ^0 1 2 0 1 2 0 1 2 done$
#include "cached.h"

#include <signal.h>
#include <ucontext.h>

#define ROOM ((size_t)64 << 10)

static ucontext_t here, there;
static volatile sig_atomic_t arrived;

static void count(int sig)
{
    (void)sig;
    arrived++;
}

static void run(int n)
{
    char *block = malloc(100);
    MUST(block);
    for (int i = 0; i < n; i++) {
        printf("%d ", i);
        MUST(raise(SIGUSR1) == 0);
        MUST(swapcontext(&there, &here) == 0);
    }
    free(block);
}

static void run_on(char *stack)
{
    MUST(getcontext(&there) == 0);
    there.uc_stack = (stack_t){.ss_sp = stack, .ss_size = ROOM};
    there.uc_link = &here;
    makecontext(&there, (void (*)(void))run, 1, 3);
    for (int i = 0; i < 4; i++)
        MUST(swapcontext(&here, &there) == 0);
    MUST(there.uc_stack.ss_sp == stack);
    memset(&there, 0, sizeof there);
}

int main(void)
{
    MUST(signal(SIGUSR1, count) != SIG_ERR);
    rows = csan_cache("rows", 0, 0);
    char *own = load(ROOM), *plain = malloc(ROOM), *spare = malloc(ROOM);
    csan_pool_t *stacks = csan_pool("stacks", 0, 0);
    MUST(plain && spare);
    run_on(own);
    char *lent = csan_lend(stacks, spare, 0, ROOM);
    run_on(lent);
    spare = csan_give_back(stacks, lent, ROOM, ROOM);
    run_on(plain);
    MUST(arrived == 9);
    puts("done");
    free(spare);
    free(plain);
    memset(&here, 0, sizeof here);
    drop(own);
    return 0;
}
