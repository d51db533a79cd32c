/* A limit: clone, called by the program itself, runs no handlers of fork: what that child stores into
 * published buffers reaches its parent. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// plain: no
#include "cached.h"

#include <sched.h>

static char *p;

static int child(void *arg)
{
    (void)arg;
    p[0] = 7;
    return p[0] == 7 ? 0 : 1;
}

int main(void)
{
    static char stack[256 << 10] __attribute__((aligned(16)));
    rows = csan_cache("rows", 0, 0);
    p = load(64);
    pid_t pid = clone(child, stack + sizeof stack, SIGCHLD, NULL);
    MUST(pid > 0);
    wait_for_status(pid, 0);
    MUST(p[0] == 7);
    drop(p);
    p = NULL;
    return 0;
}
