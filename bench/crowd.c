/* crowd THREADS: so many threads blocked at ten call sites, and main ends. Run it with
 * CSAN_BLOCKED_AFTER=1ms: csan then reports all of them, by name and line. */
#include "bench.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static long arrived;

typedef void waiter(void);

#define SITE(k)                                                                                    \
    static NOINLINE void wait_##k(void)                                                            \
    {                                                                                              \
        for (;;)                                                                                   \
            pthread_cond_wait(&never, &lock);                                                      \
    }
SITE(0)
SITE(1)
SITE(2)
SITE(3)
SITE(4)
SITE(5)
SITE(6)
SITE(7)
SITE(8)
SITE(9)

static waiter *const waiters[] = {wait_0, wait_1, wait_2, wait_3, wait_4,
                                  wait_5, wait_6, wait_7, wait_8, wait_9};

static void *come(void *arg)
{
    pthread_mutex_lock(&lock);
    arrived++;
    waiters[(long)arg % 10]();
    return NULL;
}

int main(int argc, char **argv)
{
    long threads = number(argc, argv, 1, 1000);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    for (long i = 0; i < threads; i++) {
        pthread_t id;
        if (pthread_create(&id, &small, come, (void *)i) != 0)
            return 2;
    }
    for (long there = 0; there < threads;) { /* they wait when the lock can be had */
        pthread_mutex_lock(&lock);
        there = arrived;
        pthread_mutex_unlock(&lock);
    }
    usleep(20000);
    tell("end_of_main", (double)now_ns() / 1e3);
    return 0;
}
