// flags: -pthread
// plain: no
// env: CSAN_DUMP_SIGNAL=USR1
// expect: ^1 thread waits in (nanosleep|poll|read|epoll_wait|pthread_cond_timedwait) for
// expect-not: not so
#include "dump.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int asleep = 5, sockets[2];

static void *sleep_by_nanosleep(void *arg)
{
    MUST(nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL) == 0);
    return arg;
}

static void *sleep_by_poll(void *arg)
{
    MUST(poll(NULL, 0, 200) == 0);
    return arg;
}

static void *sleep_by_epoll(void *arg)
{
    struct epoll_event event;
    int fd = epoll_create1(EPOLL_CLOEXEC);
    MUST(epoll_wait(fd, &event, 1, 200) == 0);
    MUST(close(fd) == 0);
    return arg;
}

static void *sleep_by_condition(void *arg)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec until;
    MUST(clock_gettime(CLOCK_REALTIME, &until) == 0);
    until.tv_sec++;
    MUST(pthread_mutex_lock(&mutex) == 0);
    while (pthread_cond_timedwait(&never, &mutex, &until) == 0)
        ;
    MUST(pthread_mutex_unlock(&mutex) == 0);
    return arg;
}

static void *sleep_by_recv(void *arg)
{
    char byte;
    struct timeval long_time = {.tv_sec = 1000};
    MUST(setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time) == 0);
    MUST(recv(sockets[0], &byte, 1, 0) == 1);
    return arg;
}

static void *(*const sleepers[])(void *) = {
    sleep_by_nanosleep, sleep_by_poll, sleep_by_epoll, sleep_by_condition, sleep_by_recv,
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
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    begin_dumps();
    for (intptr_t i = 0; i < SLEEPERS; i++)
        MUST(pthread_create(&threads[i], NULL, run, (void *)i) == 0);
    while (__atomic_load_n(&asleep, __ATOMIC_SEQ_CST) > 1) {
        for (int i = 0; i < SLEEPERS; i++)
            pthread_kill(threads[i], SIGUSR1);
        wait_for_dump();
    }
    MUST(write(sockets[1], "x", 1) == 1);
    for (int i = 0; i < SLEEPERS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    end_dumps();
    return 0;
}
