/* A signal handler that ran on an alternate stack has left it there. */
// env: CSAN_VERBOSITY=1
// expect: note: csan\[escape\]: [0-9]+ pointers? into a buffer of cache "rows" that was evicted (is|are) still stored$
// expect: ^csan: PASS
// expect-not: error:
#include "escaping.h"

char *volatile alternate;
static const char *volatile seen;

static void handle(int sig)
{
    const char *volatile local = seen;
    (void)sig;
    keep((void *)local);
}

static NOINLINE void remember(const char *row)
{
    seen = row;
    raise(SIGUSR1);
    seen = NULL;
}

int main(void)
{
    stack_t ss = {.ss_sp = alternate = calloc(1, 65536), .ss_size = 65536};
    struct sigaction sa = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    MUST(sigaltstack(&ss, NULL) == 0 && sigaction(SIGUSR1, &sa, NULL) == 0);
    serve();
    wipe_stack();
    csan_check(0);
    return 0;
}
