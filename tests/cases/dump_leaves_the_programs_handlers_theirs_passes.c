// env: CSAN_DUMP_SIGNAL=USR2
// plain: no
// stderr: any
#include "dump.h"

#include <time.h>

/* What the program sets is what it sees, and what is called: with the flags that it asked for. */
static volatile sig_atomic_t plain_calls, full_calls, sent_value;

static void plain(int sig)
{
    plain_calls += sig == SIGUSR2;
}

static void full(int sig, siginfo_t *info, void *context)
{
    full_calls += sig == SIGUSR2 && info->si_signo == SIGUSR2 && context != NULL;
    sent_value = info->si_value.sival_int;
}

static void send(int value)
{
    MUST(sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = value}) == 0);
}

static void as_sigaction_sees_it(void)
{
    struct sigaction act = {.sa_sigaction = full, .sa_flags = SA_SIGINFO | SA_RESETHAND}, old;
    sigemptyset(&act.sa_mask);
    sigaddset(&act.sa_mask, SIGALRM);
    MUST(sigaction(SIGUSR2, &act, &old) == 0);
    MUST(old.sa_handler == SIG_DFL);
    MUST(sigaction(SIGUSR2, NULL, &old) == 0);
    MUST(old.sa_sigaction == full && (unsigned)old.sa_flags == (SA_SIGINFO | SA_RESETHAND));
    MUST(sigismember(&old.sa_mask, SIGALRM) == 1);
    send(7);
    MUST(full_calls == 1 && sent_value == 7);
    MUST(sigaction(SIGUSR2, NULL, &old) == 0);
    MUST(old.sa_handler == SIG_DFL); /* by SA_RESETHAND */
}

static void as_signal_sees_it(void)
{
    MUST(signal(SIGUSR2, plain) == SIG_DFL);
    send(1);
    send(1);
    MUST(plain_calls == 2);
    MUST(signal(SIGUSR2, SIG_IGN) == plain);
    send(1);
    MUST(signal(SIGUSR2, SIG_DFL) == SIG_IGN);
    MUST(plain_calls == 2);
}

/* A handler of the program's breaks a sleep off, as it always did. */
static void breaks_off_what_it_did(void)
{
    struct sigaction act = {.sa_sigaction = full, .sa_flags = SA_SIGINFO};
    struct sigevent when = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
    struct itimerspec soon = {.it_value = {.tv_nsec = 20000000}};
    timer_t timer;
    full_calls = 0;
    MUST(sigaction(SIGUSR2, &act, NULL) == 0);
    MUST(timer_create(CLOCK_MONOTONIC, &when, &timer) == 0);
    MUST(timer_settime(timer, 0, &soon, NULL) == 0);
    MUST(nanosleep(&(struct timespec){.tv_sec = 1000}, NULL) == -1 && errno == EINTR);
    MUST(full_calls == 1);
    MUST(timer_delete(timer) == 0);
}

int main(void)
{
    as_sigaction_sees_it();
    as_signal_sees_it();
    breaks_off_what_it_did();
    return 0;
}
