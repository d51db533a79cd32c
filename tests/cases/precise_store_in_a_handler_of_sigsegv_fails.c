/* Stores through a share in the program's own handler of SIGSEGV are found, and carried out, however
 * it is left; and SIGSEGV is blocked there as far as the program can see. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// expect: ^{{at:handler}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows"
// expect-not: the stack is lost here
// stdout: ^8 stores$
#include "cached.h"

#include <setjmp.h>

static char *row;
static sigjmp_buf back;
static char *volatile wild = (char *)8;
static volatile int leave_by_jump, sent, depth, all_blocked;

static void on_segv(int sig)
{
    sigset_t now;
    int mine = ++depth;
    MUST(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    MUST(sigismember(&now, sig) == 1 && sigismember(&now, SIGUSR2) == 1);
    MUST(sigismember(&now, SIGSTKFLT) == all_blocked);
    ((volatile char *)row)[0]++; /* handler */
    if (!leave_by_jump && mine == 1 && sent++ == 0)
        raise(SIGSEGV); /* comes when this one has returned */
    MUST(depth == mine);
    depth--;
    if (leave_by_jump)
        siglongjmp(back, 1);
}

int main(void)
{
    struct sigaction act = {.sa_handler = on_segv};
    sigset_t now;
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    row = (char *)csan_share(p);
    sigaddset(&act.sa_mask, SIGUSR2);
    MUST(sigaction(SIGSEGV, &act, NULL) == 0);
    raise(SIGSEGV);
    leave_by_jump = 1;
    for (int i = 0; i < 3; i++)
        if (!sigsetjmp(back, 1))
            *wild = 1;
    MUST(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    MUST(sigismember(&now, SIGSEGV) == 0 && sigismember(&now, SIGUSR2) == 0);
    sigfillset(&now);
    sigdelset(&now, SIGSEGV);
    MUST(sigprocmask(SIG_BLOCK, &now, NULL) == 0);
    all_blocked = 1;
    for (int i = 0; i < 3; i++)
        if (!sigsetjmp(back, 1))
            *wild = 1;
    MUST(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    MUST(sigismember(&now, SIGSEGV) == 0 && sigismember(&now, SIGSTKFLT) == 1);
    printf("%d stores\n", p[0]);
    csan_release(row);
    drop(p);
    row = NULL;
    return 0;
}
