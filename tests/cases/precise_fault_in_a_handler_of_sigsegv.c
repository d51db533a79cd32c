/* A real fault in the program's own handler of SIGSEGV ends the process, as it would without csan;
 * with SA_NODEFER the handler is called again. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// expect-status: 139
// stderr: any
// stdout: ^called 3$
// stdout-not: called [45]
#include "cached.h"

#include <setjmp.h>

static char *row;
static sigjmp_buf back;
static char *volatile wild = (char *)8;
static volatile int called;

static void again(int sig)
{
    (void)sig;
    ((volatile char *)row)[0]++;
    if (++called < 3)
        *wild = 1;
    siglongjmp(back, 1);
}

static void once(int sig)
{
    (void)sig;
    ((volatile char *)row)[0]++;
    printf("called %d\n", called++);
    fflush(stdout);
    *wild = 1;
}

int main(void)
{
    struct sigaction act = {.sa_handler = again, .sa_flags = SA_NODEFER};
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    row = (char *)csan_share(p);
    MUST(sigaction(SIGSEGV, &act, NULL) == 0);
    if (!sigsetjmp(back, 1))
        *wild = 1;
    MUST(called == 3 && p[0] == 3);
    act = (struct sigaction){.sa_handler = once};
    MUST(sigaction(SIGSEGV, &act, NULL) == 0);
    *wild = 1;
    return 0;
}
