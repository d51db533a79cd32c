/* fight fought | turns | held: locks that others want too. Tells, as medians of what it does many
 * times over:
 *
 *   fought_ns   wall time a pair, 4 threads: about 1 us inside the lock and as much outside
 *   turns_ns    processor time a turn: two threads that wake each other by a condition, on one
 * processor wait_us     what a lock() takes that begins when another thread has just got it, for
 * 100 us */
#include "bench.h"

#include <sched.h>

enum {
    FIGHTERS = 4,
    FIGHTS = 21,
    PAIRS = 20000,
    GAMES = 21,
    TURNS = 5000,
    WAITS = 501,
    HOLD_NS = 100000
};

static pthread_mutex_t fought = PTHREAD_MUTEX_INITIALIZER, table = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t start;
static long turn, shared_sum;
static int round_held;      /* the number of the hold that has begun */
static uint64_t held_since; /* that hold */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell_median(const char *name, double *values, size_t n)
{
    qsort(values, n, sizeof(*values), compare);
    tell(name, values[n / 2]);
}

/* About 1 us, without memory that others use. */
static NOINLINE void work(void)
{
    for (int i = 0; i < 3000; i++)
        __asm__ volatile("" : : "r"(i));
}

static void *fight(void *unused)
{
    pthread_barrier_wait(&start);
    for (long i = 0; i < PAIRS / FIGHTERS; i++) {
        pthread_mutex_lock(&fought);
        work();
        shared_sum += i;
        pthread_mutex_unlock(&fought);
        work();
    }
    return unused;
}

static void *play(void *arg)
{
    long mine = (long)arg;
    pthread_barrier_wait(&start);
    for (long i = 0; i < TURNS / 2; i++) {
        pthread_mutex_lock(&table);
        while (turn != mine)
            pthread_cond_wait(&turned, &table);
        turn = !mine;
        pthread_cond_signal(&turned);
        pthread_mutex_unlock(&table);
    }
    return NULL;
}

static uint64_t process_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double run(void *(*body)(void *), long threads, uint64_t (*clock)(void))
{
    pthread_t id[FIGHTERS];
    pthread_barrier_init(&start, NULL, (unsigned)threads + 1);
    for (long i = 0; i < threads; i++)
        pthread_create(&id[i], NULL, body, (void *)i);
    pthread_barrier_wait(&start);
    uint64_t from = clock();
    for (long i = 0; i < threads; i++)
        pthread_join(id[i], NULL);
    double ns = (double)(clock() - from);
    pthread_barrier_destroy(&start);
    return ns;
}

static void measure_fights(void)
{
    double ns[FIGHTS];
    for (int i = 0; i < FIGHTS; i++)
        ns[i] = run(fight, FIGHTERS, now_ns) / PAIRS;
    tell_median("fought_ns", ns, FIGHTS);
}

static void measure_turns(void)
{
    double ns[GAMES];
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof(one), &one);
    for (int i = 0; i < GAMES; i++)
        ns[i] = run(play, 2, process_ns) / TURNS;
    tell_median("turns_ns", ns, GAMES);
}

static void *hold(void *unused)
{
    for (int i = 1; i <= WAITS; i++) {
        pthread_mutex_lock(&held);
        held_since = now_ns();
        __atomic_store_n(&round_held, i, __ATOMIC_RELEASE);
        while (now_ns() < held_since + HOLD_NS)
            ;
        pthread_mutex_unlock(&held);
        while (__atomic_load_n(&round_held, __ATOMIC_ACQUIRE) == i) /* until it was waited for */
            sched_yield();
    }
    return unused;
}

static void measure_waits(void)
{
    static double us[WAITS];
    size_t n = 0;
    pthread_t id;
    pthread_create(&id, NULL, hold, NULL);
    for (int i = 1; i <= WAITS; i++) {
        while (__atomic_load_n(&round_held, __ATOMIC_ACQUIRE) != i)
            ;
        uint64_t from = now_ns();
        pthread_mutex_lock(&held);
        if (from - held_since < HOLD_NS / 10)
            us[n++] = (double)(now_ns() - from) / 1e3;
        pthread_mutex_unlock(&held);
        __atomic_store_n(&round_held, 0, __ATOMIC_RELEASE);
    }
    pthread_join(id, NULL);
    if (n > 10) /* else the two have shared a processor: there was no wait to measure */
        tell_median("wait_us", us, n);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "fought") == 0)
        measure_fights();
    else if (strcmp(what, "turns") == 0)
        measure_turns();
    else if (strcmp(what, "held") == 0)
        measure_waits();
    else
        return 2;
    return 0;
}
