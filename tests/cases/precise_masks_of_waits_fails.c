/* A handler that runs while sigsuspend, ppoll, pselect or epoll_pwait waits, with SIGSEGV in the
 * mask of that call, stores through a share; and a thread that was started with all blocked does. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 6
// expect: ^{{at:handler}}: error: csan\[mutation\]
// expect: ^{{at:thread}}: error: csan\[mutation\]
// stdout: ^7 stores$
#include "cached.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

static char *row;

static void on_alarm(int sig)
{
    (void)sig;
    ((volatile char *)row)[0]++; /* handler */
}

static void *work(void *arg)
{
    sigset_t now;
    MUST(pthread_sigmask(SIG_BLOCK, NULL, &now) == 0);
    MUST(sigismember(&now, SIGSEGV) == 1 && sigismember(&now, SIGALRM) == 1);
    ((volatile char *)row)[0]++; /* thread */
    return arg;
}

static void start_and_join(pthread_attr_t *attr)
{
    pthread_t thread;
    MUST(pthread_create(&thread, attr, work, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

int main(void)
{
    struct sigaction act = {.sa_handler = on_alarm};
    struct timespec long_time = {100, 0};
    struct epoll_event got;
    sigset_t all, but_alarm;
    pthread_attr_t attr;
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    row = (char *)csan_share(p);
    MUST(sigaction(SIGALRM, &act, NULL) == 0);
    sigfillset(&all);
    but_alarm = all;
    sigdelset(&but_alarm, SIGALRM);
    MUST(pthread_attr_init(&attr) == 0 && pthread_attr_setsigmask_np(&attr, &all) == 0);
    start_and_join(&attr);
    MUST(pthread_attr_destroy(&attr) == 0);
    MUST(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
    start_and_join(NULL);
    raise(SIGALRM);
    MUST(sigsuspend(&but_alarm) == -1 && errno == EINTR);
    raise(SIGALRM);
    MUST(ppoll(NULL, 0, &long_time, &but_alarm) == -1 && errno == EINTR);
    raise(SIGALRM);
    MUST(pselect(0, NULL, NULL, NULL, &long_time, &but_alarm) == -1 && errno == EINTR);
    int fd = epoll_create1(0);
    raise(SIGALRM);
    MUST(epoll_pwait(fd, &got, 1, 100000, &but_alarm) == -1 && errno == EINTR);
    raise(SIGALRM);
    int n = epoll_pwait2(fd, &got, 1, &long_time, &but_alarm);
    if (n == -1 && errno == ENOSYS)
        MUST(sigsuspend(&but_alarm) == -1);
    close(fd);
    sigemptyset(&all);
    MUST(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
    printf("%d stores\n", p[0]);
    csan_release(row);
    drop(p);
    row = NULL;
    return 0;
}
