// env: CSAN_MAX_THREADS=off
// env: CSAN_LOCK_MISUSE=off
// plain: no
// flags: -pthread
// libs: -lrt
#include "case.h"

#include <csan.h>
#include <poll.h>
#include <semaphore.h>
#include <time.h>

/* Threads that sleep, for long or over and over, while timers' signals come down on them: the
 * handler carries the only pointer to a block from the stack to a global and back. Whoever looked
 * at the one place before and at the other one after it has seen it in neither. */
enum { THREADS = 6, CHECKS = 60, BIG = 2 << 20 };

static void *volatile global[THREADS];
static _Thread_local void *volatile *local;
static _Thread_local int me;
static volatile sig_atomic_t moves;
static char *big[BIG / sizeof(char *)]; /* takes a while to look through */
static sem_t never;
static int ends[2];
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static int ready;

static void move(int number)
{
    (void)number;
    void *p = *local;
    if (p) {
        global[me] = p;
        *local = NULL;
    } else {
        *local = global[me];
        global[me] = NULL;
    }
    moves++;
}

static void sleep_by(int way)
{
    struct timespec some = {0, 1000000}, until;
    char byte;
    switch (way) {
    case 0: /* the first three are begun again by the kernel, or by libc */
        MUST(read(ends[0], &byte, 1) == 1);
        break;
    case 1:
        sem_wait(&never);
        break;
    case 2:
        pthread_mutex_lock(&held);
        break;
    case 3:
        poll(NULL, 0, 1);
        break;
    case 4:
        nanosleep(&some, NULL);
        break;
    default:
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        sem_timedwait(&never, &until);
    }
}

static void *work(void *arg)
{
    int number = (int)(intptr_t)arg;
    void *volatile slot = malloc(32);
    struct sigevent to = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    struct itimerspec often = {{0, 90000 + number * 7000}, {0, 1}};
    timer_t timer;
    me = number;
    local = &slot;
    to._sigev_un._tid = my_tid();
    MUST(timer_create(CLOCK_MONOTONIC, &to, &timer) == 0);
    MUST(timer_settime(timer, 0, &often, NULL) == 0);
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    for (;;)
        sleep_by(number);
    return NULL;
}

int main(void)
{
    struct sigaction action = {.sa_handler = move, .sa_flags = SA_RESTART};
    pthread_t thread;
    int wrong = 0;
    MUST(sem_init(&never, 0, 0) == 0);
    MUST(pipe(ends) == 0);
    MUST(pthread_mutex_lock(&held) == 0);
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    memset(big, 1, sizeof big);
    csan_mark_t mark = csan_mark();
    for (intptr_t i = 0; i < THREADS; i++)
        MUST(pthread_create(&thread, NULL, work, (void *)i) == 0);
    while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < THREADS)
        sched_yield();
    for (int i = 0; i < CHECKS || moves < 1000; i++)
        wrong += csan_check(mark) != 0;
    MUST(wrong == 0);
    _exit(0);
}
