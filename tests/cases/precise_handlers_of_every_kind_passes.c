/* Handlers of SIGSEGV set with SA_RESETHAND, with SA_NODEFER, by the old functions, and taken away
 * again: each is called as it would be, and stores through a share go on in between. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// stdout: ^7 faults, 8 stores$
#include "cached.h"

#include <setjmp.h>

static sigjmp_buf back;
static volatile int faults;
static char *volatile wild = (char *)8;
static char *row;

static void store(void)
{
    ((volatile char *)row)[0]++;
}

static void jump(int sig)
{
    (void)sig;
    faults++;
    siglongjmp(back, 1);
}

static void twice(int sig)
{
    (void)sig;
    if (++faults % 2 == 1)
        *wild = 1; /* again, in the handler */
    siglongjmp(back, 1);
}

static void fault(void)
{
    if (!sigsetjmp(back, 1))
        *wild = 1;
    store();
}

/* A child, whose fault ends it. */
static void fault_in_a_child(void)
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid == 0) {
        store();
        *wild = 1;
        _exit(0);
    }
    MUST(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

int main(void)
{
    struct sigaction act = {.sa_handler = jump, .sa_flags = (int)SA_RESETHAND}, old;
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    row = (char *)csan_share(p);
    MUST(sigaction(SIGSEGV, &act, NULL) == 0);
    fault();
    MUST(sigaction(SIGSEGV, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
    fault_in_a_child();
    act = (struct sigaction){.sa_handler = twice, .sa_flags = SA_NODEFER};
    faults = 0;
    MUST(sigaction(SIGSEGV, &act, NULL) == 0);
    fault();
    fault();
    MUST(faults == 4);
    MUST(signal(SIGSEGV, jump) == twice);
    fault();
    fault();
    MUST(signal(SIGSEGV, SIG_DFL) == jump);
    store();
    fault_in_a_child();
    MUST(signal(SIGSEGV, SIG_IGN) == SIG_DFL);
    raise(SIGSEGV);
    store();
    fault_in_a_child(); /* a fault cannot be ignored */
    MUST(sysv_signal(SIGSEGV, jump) == SIG_IGN);
    fault();
    MUST(signal(SIGSEGV, SIG_DFL) == SIG_DFL);
    printf("%d faults, %d stores\n", faults, p[0]);
    csan_release(row);
    drop(p);
    row = NULL;
    return 0;
}
