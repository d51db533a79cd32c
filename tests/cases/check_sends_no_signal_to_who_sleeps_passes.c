// env: CSAN_MAX_THREADS=off
// env: CSAN_LOCK_MISUSE=off
// plain: no
// flags: -pthread
#include "case.h"

#include <csan.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <threads.h>
#include <time.h>

/* The kernel counts how often a thread has gone to sleep: a signal would wake it. */
enum { WAYS = 15 };

static pid_t tids[WAYS];
static sem_t never;
static int ends[2];
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER, loose = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t written = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t silent = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t wide;
static mtx_t plain;
static pthread_t first;
static int word;

static struct timespec far(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += 1000;
    return t;
}

static void sleep_by(long way)
{
    struct timespec until = far(), some = {1000, 0};
    struct epoll_event event;
    struct timeval limit = {1000, 0};
    char byte;
    switch (way) {
    case 0:
        nanosleep(&some, NULL);
        break;
    case 1:
        poll(NULL, 0, 1000000);
        break;
    case 2:
        sem_timedwait(&never, &until);
        break;
    case 3:
        recv(ends[0], &byte, 1, 0);
        break;
    case 4:
        epoll_wait(epoll_create1(0), &event, 1, 1000000);
        break;
    case 5:
        pthread_mutex_lock(&loose);
        pthread_cond_timedwait(&silent, &loose, &until);
        break;
    case 6:
        pthread_mutex_lock(&held);
        break;
    case 7:
        pthread_mutex_timedlock(&held, &until);
        break;
    case 8:
        pthread_rwlock_rdlock(&written);
        break;
    case 9:
        pthread_rwlock_timedwrlock(&written, &until);
        break;
    case 10:
        pthread_barrier_wait(&wide);
        break;
    case 11:
        mtx_lock(&plain);
        break;
    case 12:
        select(0, NULL, NULL, NULL, &limit);
        break;
    case 13:
        syscall(SYS_futex, &word, 0, 0, &some, NULL, 0);
        break;
    default:
        pthread_join(first, NULL);
    }
}

static void *work(void *arg)
{
    long way = (long)arg;
    void *volatile local = malloc(32);
    __atomic_store_n(&tids[way], my_tid(), __ATOMIC_SEQ_CST);
    sleep_by(way);
    keep(local);
    return NULL;
}

static long sleeps_of(pid_t tid)
{
    char path[64], line[128];
    long n = -1;
    snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
    FILE *f = fopen(path, "r");
    MUST(f);
    while (n < 0 && fgets(line, sizeof line, f))
        sscanf(line, "voluntary_ctxt_switches: %ld", &n);
    MUST(fclose(f) == 0);
    return n;
}

int main(void)
{
    static const long calls[WAYS] = {SYS_clock_nanosleep, SYS_poll,  SYS_futex, SYS_recvfrom,
                                     SYS_epoll_wait,      SYS_futex, SYS_futex, SYS_futex,
                                     SYS_futex,           SYS_futex, SYS_futex, SYS_futex,
                                     SYS_pselect6,        SYS_futex, SYS_futex};
    struct timeval limit = {1000, 0};
    pthread_t threads[WAYS];
    long before[WAYS];
    MUST(sem_init(&never, 0, 0) == 0);
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    MUST(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0);
    MUST(pthread_mutex_lock(&held) == 0);
    MUST(pthread_rwlock_wrlock(&written) == 0);
    MUST(pthread_barrier_init(&wide, NULL, 2) == 0);
    MUST(mtx_init(&plain, mtx_plain) == thrd_success && mtx_lock(&plain) == thrd_success);
    csan_mark_t mark = csan_mark();
    for (long i = 0; i < WAYS; i++) {
        MUST(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
        while (__atomic_load_n(&tids[i], __ATOMIC_SEQ_CST) == 0)
            sched_yield();
        first = threads[0];
        wait_until_in_call(tids[i], calls[i]);
    }
    for (int i = 0; i < WAYS; i++)
        before[i] = sleeps_of(tids[i]);
    for (int i = 0; i < 10; i++)
        MUST(csan_check(mark) == 0);
    for (int i = 0; i < WAYS; i++)
        if (sleeps_of(tids[i]) != before[i])
            fprintf(stderr, "the thread that sleeps by way %d was woken\n", i);
    _exit(0);
}
