/* A signal handler that ran on an alternate stack has left it there. */
// env: CSAN_VERBOSITY=1
// expect: note: csan\[escape\]: [0-9]+ pointers? into a buffer of cache "rows" that was evicted (is|are) still stored$
// expect: ^csan: PASS
// expect-not: error:
#include <csan_share.h>

#include "case.h"

#include <csan.h>

struct holder {
    long id;
    const char *row;
};

static csan_cache_t *rows;
char *volatile alternate;
static const char *volatile seen;

static void handle(int sig)
{
    const char *volatile local = seen;
    (void)sig;
    keep((void *)local);
}

static NOINLINE void use(char *p)
{
    const char *row = csan_share(p); /* shared */
    seen = row;
    raise(SIGUSR1);
    seen = NULL;
    csan_release(row);
    wipe_stack();
}

/* The cache's own frames are gone when somebody looks. */
static NOINLINE void serve(void)
{
    char *p = calloc(1, 64);
    MUST(p);
    p = csan_publish(rows, p, 0);
    use(p);
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    stack_t ss = {.ss_sp = alternate = calloc(1, 65536), .ss_size = 65536};
    struct sigaction sa = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    MUST(sigaltstack(&ss, NULL) == 0 && sigaction(SIGUSR1, &sa, NULL) == 0);
    serve();
    wipe_stack();
    csan_check(0);
    return 0;
}
