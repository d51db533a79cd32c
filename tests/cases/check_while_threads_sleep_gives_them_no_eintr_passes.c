// env: CSAN_MAX_THREADS=off
// plain: no
// flags: -pthread
#include "case.h"

#include <csan.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { WAYS = 5 };

static pid_t tids[WAYS];
static sem_t never;

static void in_sem_timedwait(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 300000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    MUST(sem_timedwait(&never, &until) == -1 && errno == ETIMEDOUT);
}

static void in_recv(void)
{
    int pair[2];
    char byte;
    struct timeval limit = {0, 300000};
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    MUST(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0);
    MUST(recv(pair[0], &byte, 1, 0) == -1 && errno == EAGAIN);
}

static void *work(void *arg)
{
    long way = (long)arg;
    struct timespec some = {0, 300000000};
    struct epoll_event event;
    int set = epoll_create1(0);
    fd_set none;
    struct timeval limit = {0, 300000};
    FD_ZERO(&none);
    __atomic_store_n(&tids[way], my_tid(), __ATOMIC_SEQ_CST);
    switch (way) {
    case 0:
        MUST(nanosleep(&some, NULL) == 0);
        break;
    case 1:
        in_sem_timedwait();
        break;
    case 2:
        MUST(epoll_wait(set, &event, 1, 300) == 0);
        break;
    case 3:
        in_recv();
        break;
    default:
        MUST(select(1, &none, NULL, NULL, &limit) == 0);
    }
    return NULL;
}

int main(void)
{
    static const long calls[WAYS] = {SYS_clock_nanosleep, SYS_futex, SYS_epoll_wait, SYS_recvfrom,
                                     SYS_pselect6};
    pthread_t threads[WAYS];
    csan_mark_t mark = csan_mark();
    MUST(sem_init(&never, 0, 0) == 0);
    for (long i = 0; i < WAYS; i++)
        MUST(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (long i = 0; i < WAYS; i++) {
        while (__atomic_load_n(&tids[i], __ATOMIC_SEQ_CST) == 0)
            sched_yield();
        (void)calls;
    }
    for (int i = 0; i < 50; i++)
        MUST(csan_check(mark) == 0);
    for (long i = 0; i < WAYS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
