/* A call that may crash: left by siglongjmp from the signal's handler. */
#include "tools/guard.h"

#include "base/base.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const int caught[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};

static sigjmp_buf way_out;
static volatile sig_atomic_t is_inside;

static void leave(int number)
{
    siglongjmp(way_out, number);
}

int csan__guard_call(void (*call)(void *arg), void *arg)
{
    static char stack[64 << 10] __attribute__((aligned(16)));
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack}, other_before;
    struct sigaction action, before[CSAN_COUNT(caught)];
    sigset_t set;
    memset(&action, 0, sizeof action);
    action.sa_handler = leave;
    action.sa_flags = SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigemptyset(&set);
    sigaltstack(&other, &other_before);
    for (size_t i = 0; i < CSAN_COUNT(caught); i++) {
        sigaction(caught[i], &action, &before[i]);
        sigaddset(&set, caught[i]); /* blocked, such a signal kills without its handler */
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    int number = sigsetjmp(way_out, 1);
    is_inside = number == 0;
    if (number == 0) {
        call(arg);
    }
    is_inside = 0;
    for (size_t i = 0; i < CSAN_COUNT(caught); i++) {
        sigaction(caught[i], &before[i], NULL);
    }
    sigaltstack(&other_before, NULL);
    return number;
}

void csan__guard_leave(int reason)
{
    if (is_inside == 0) {
        abort();
    }
    siglongjmp(way_out, reason);
}

const char *csan__guard_reason(int ended_by)
{
    return ended_by < 0 ? strerror(-ended_by) : strsignal(ended_by);
}
