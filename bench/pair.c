/* pair FRAMES THREADS PAIRS: malloc and free in turn, in a working set of 10,000 blocks a thread,
 * below FRAMES calls of the program's own, from sixteen call sites. Tells ns of processor time a
 * pair. */
#include "bench.h"

enum { LIVE = 10000, SITES = 16 };

static long frames, pairs;
static pthread_barrier_t start;

struct job {
    void *live[LIVE];
    uint32_t random;
    double ns;
};

typedef void *maker(size_t n);

/* Each is a function of its own: the compiler must not make one of them all. */
#define SITE(k)                                                                                    \
    static NOINLINE void *make_##k(size_t n)                                                       \
    {                                                                                              \
        void *p = malloc(n);                                                                       \
        __asm__ volatile("# site " #k : "+r"(p));                                                  \
        return p;                                                                                  \
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
SITE(10)
SITE(11)
SITE(12)
SITE(13)
SITE(14)
SITE(15)

static maker *const makers[SITES] = {make_0,  make_1,  make_2,  make_3, make_4,  make_5,
                                     make_6,  make_7,  make_8,  make_9, make_10, make_11,
                                     make_12, make_13, make_14, make_15};

static NOINLINE void turn(struct job *job, long n)
{
    for (long i = 0; i < n; i++) {
        uint32_t r = next_random(&job->random);
        void **slot = &job->live[r % LIVE];
        free(*slot);
        *slot = makers[(r >> 4) % SITES](16 + (r >> 12) % 240);
        *(char *)*slot = 1;
    }
}

static NOINLINE void work(struct job *job)
{
    turn(job, 3 * LIVE);
    pthread_barrier_wait(&start);
    uint64_t begin = thread_ns();
    turn(job, pairs);
    job->ns = (double)(thread_ns() - begin) / (double)pairs;
}

/* main, run, work, turn and make_N are five of the frames. */
static NOINLINE void down(struct job *job, long n)
{
    if (n > 0)
        down(job, n - 1);
    else
        work(job);
    seen(job);
}

static void *run(void *arg)
{
    if (frames > 5)
        down(arg, frames - 6);
    else
        work(arg);
    return NULL;
}

int main(int argc, char **argv)
{
    frames = number(argc, argv, 1, 12);
    long threads = number(argc, argv, 2, 1);
    pairs = number(argc, argv, 3, 1000000);
    struct job *jobs = calloc((size_t)threads, sizeof(*jobs));
    pthread_t *ids = calloc((size_t)threads, sizeof(*ids));
    if (!jobs || !ids || pthread_barrier_init(&start, NULL, (unsigned)threads) != 0)
        return 2;
    for (long i = 0; i < threads; i++)
        jobs[i].random = (uint32_t)i * 7919u + 1;
    for (long i = 1; i < threads; i++)
        if (pthread_create(&ids[i], NULL, run, &jobs[i]) != 0)
            return 2;
    run(&jobs[0]);
    double sum = jobs[0].ns;
    for (long i = 1; i < threads; i++) {
        pthread_join(ids[i], NULL);
        sum += jobs[i].ns;
    }
    for (long i = 0; i < threads; i++)
        for (int k = 0; k < LIVE; k++)
            free(jobs[i].live[k]);
    tell("pair_ns", sum / (double)threads);
    free(jobs);
    free(ids);
    return 0;
}
