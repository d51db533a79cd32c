// flags: -pthread
// plain: no
#include "case.h"

#include <csan.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

/* The checks that come all the time must not make a sleep begin anew. */
static const struct timespec a_while = {.tv_nsec = 100000000};
static int asleep = 6;

static void *sleep_by_nanosleep(void *arg)
{
    MUST(nanosleep(&a_while, NULL) == 0);
    struct timespec left = a_while;
    MUST(nanosleep(&left, &left) == 0);
    return arg;
}

static void *sleep_by_clock(void *arg)
{
    MUST(clock_nanosleep(CLOCK_MONOTONIC, 0, &a_while, NULL) == 0);
    return arg;
}

static void *sleep_by_poll(void *arg)
{
    MUST(poll(NULL, 0, 100) == 0);
    return arg;
}

static void *sleep_by_epoll(void *arg)
{
    struct epoll_event event;
    int fd = epoll_create1(EPOLL_CLOEXEC);
    MUST(fd >= 0);
    MUST(epoll_wait(fd, &event, 1, 100) == 0);
    MUST(close(fd) == 0);
    return arg;
}

static void *sleep_by_select(void *arg)
{
    struct timeval time = {.tv_usec = 100000};
    MUST(select(0, NULL, NULL, NULL, &time) == 0);
    MUST(ppoll(NULL, 0, &a_while, NULL) == 0);
    return arg;
}

static void *sleep_by_sigtimedwait(void *arg)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    MUST(sigtimedwait(&set, NULL, &a_while) == -1);
    MUST(errno == EAGAIN);
    return arg;
}

static void *(*const sleepers[])(void *) = {
    sleep_by_nanosleep, sleep_by_clock,  sleep_by_poll,
    sleep_by_epoll,     sleep_by_select, sleep_by_sigtimedwait,
};

static void *run(void *arg)
{
    sleepers[(intptr_t)arg](NULL);
    __atomic_sub_fetch(&asleep, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

int main(void)
{
    enum { SLEEPERS = sizeof sleepers / sizeof *sleepers };
    pthread_t threads[SLEEPERS];
    csan_mark_t begin = csan_mark();
    for (intptr_t i = 0; i < SLEEPERS; i++)
        MUST(pthread_create(&threads[i], NULL, run, (void *)i) == 0);
    begin = csan_mark();
    while (__atomic_load_n(&asleep, __ATOMIC_SEQ_CST))
        MUST(csan_check(begin) == 0);
    for (int i = 0; i < SLEEPERS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
