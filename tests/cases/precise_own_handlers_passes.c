/* The program's own handlers of SIGSEGV: what it set is what it sees, its faults are its own. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// stdout: ^6 faults$
#include "cached.h"

#include <setjmp.h>

static sigjmp_buf back;
static volatile int faults;
static char *volatile wild = (char *)8;
static void *volatile seen_addr;
static char other_stack[64 << 10];

static void jump(int sig)
{
    (void)sig;
    faults++;
    siglongjmp(back, 1);
}

static void with_info(int sig, siginfo_t *info, void *context)
{
    char here;
    (void)context;
    MUST(sig == SIGSEGV && info->si_code == SEGV_MAPERR);
    MUST((size_t)(&here - other_stack) < sizeof other_stack);
    seen_addr = info->si_addr;
    faults++;
    siglongjmp(back, 1);
}

static void sent(int sig)
{
    (void)sig;
    faults++;
}

static void *overflow(void *p)
{
    char *volatile q = faults < 0 ? NULL : (char *)overflow((char *)p + 1);
    return q ? q + 1 : NULL;
}

static void store(char *row)
{
    ((volatile char *)row)[0]++;
}

int main(void)
{
    struct sigaction act = {.sa_handler = jump}, old;
    stack_t other = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    store(row);
    MUST(sigaction(SIGSEGV, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
    MUST(sigaction(SIGSEGV, &act, &old) == 0 && old.sa_handler == SIG_DFL);
    store(row);
    if (!sigsetjmp(back, 1))
        *wild = 1;
    store(row);
    if (!sigsetjmp(back, 1))
        *wild = 1;
    act = (struct sigaction){.sa_sigaction = with_info, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    MUST(sigaltstack(&other, NULL) == 0);
    MUST(sigaction(SIGSEGV, &act, &old) == 0 && old.sa_handler == jump);
    if (!sigsetjmp(back, 1))
        *wild = 1;
    MUST(seen_addr == wild);
    store(row);
    if (!sigsetjmp(back, 1))
        overflow(row);
    store(row);
    MUST(signal(SIGSEGV, sent) != SIG_ERR);
    raise(SIGSEGV);
    act = (struct sigaction){.sa_handler = sent, .sa_flags = (int)SA_RESETHAND};
    MUST(sigaction(SIGSEGV, &act, &old) == 0 && old.sa_handler == sent);
    raise(SIGSEGV);
    MUST(sigaction(SIGSEGV, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
    store(row);
    MUST(p[0] == 6);
    printf("%d faults\n", faults);
    csan_release(row);
    drop(p);
    return 0;
}
