/* A handler that was set before csan's constructors ran is called for the program's own faults. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// mode: link
// stdout: ^1 fault, 2 stores$
#include "cached.h"

#include <setjmp.h>

static sigjmp_buf back;
static volatile int faults;
static char *volatile wild = (char *)8;

static void jump(int sig)
{
    (void)sig;
    faults++;
    siglongjmp(back, 1);
}

static void early(void)
{
    struct sigaction act = {.sa_handler = jump, .sa_flags = SA_ONSTACK};
    sigaction(SIGSEGV, &act, NULL);
}

__attribute__((section(".preinit_array"), used)) static void (*const at_first)(void) = early;

int main(void)
{
    struct sigaction old;
    MUST(sigaction(SIGSEGV, NULL, &old) == 0 && old.sa_handler == jump);
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    ((volatile char *)row)[0]++;
    if (!sigsetjmp(back, 1))
        *wild = 1;
    ((volatile char *)row)[0]++;
    printf("%d fault, %d stores\n", faults, p[0]);
    csan_release(row);
    drop(p);
    return 0;
}
