/* What sharing costs: a share and its release, by threads and by bytes; memory of a live share; the
 * census. Run under each CSAN_SHARE and without the library.
 *
 *   share_pair pair THREADS BYTES [PAIRS]   ns a pair, each thread on a buffer of its own
 *   share_pair live SHARES                  bytes of memory for each of so many live shares
 *   share_pair census MIB BUFFERS           ms of a csan_check over so much heap and so many gone
 * buffers
 */
#include <csan.h>
#include <csan_share.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static csan_cache_t *cache;
static size_t bytes;
static long rounds = 2000000;

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

__attribute__((noinline)) static void one(const char *p)
{
    const char *s = csan_share(p);
    __asm__ volatile("" : "+r"(s) : : "memory");
    csan_release(s);
}

__attribute__((noinline)) static void deep(const char *p, int depth)
{
    if (depth > 0)
        deep(p, depth - 1);
    else
        for (long i = 0; i < rounds; i++)
            one(p);
    __asm__ volatile("" : : : "memory");
}

static void *work(void *arg)
{
    deep(arg, 10);
    return NULL;
}

static void pair(int threads)
{
    pthread_t t[64];
    char *p[64];
    for (int i = 0; i < threads; i++)
        p[i] = csan_publish(cache, calloc(1, bytes), 0);
    double began = now_ns();
    if (threads == 1)
        work(p[0]);
    for (int i = 0; i < threads && threads > 1; i++)
        pthread_create(&t[i], NULL, work, p[i]);
    for (int i = 0; i < threads && threads > 1; i++)
        pthread_join(t[i], NULL);
    printf("%.1f\n", (now_ns() - began) / (double)rounds);
    for (int i = 0; i < threads; i++) {
        csan_evict(cache, p[i]);
        free(p[i]);
    }
}

static size_t resident(void)
{
    size_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*s %zu", &pages) != 1)
        abort();
    fclose(f);
    return pages * 4096;
}

static void live(long shares)
{
    char *p[2] = {csan_publish(cache, calloc(1, 64), 0), csan_publish(cache, calloc(1, 64), 0)};
    size_t before = resident();
    for (long i = 0; i < shares; i += 2) { /* from two places in turn: no two alike follow */
        csan_share(p[0]);
        csan_share(p[0] + 1);
    }
    printf("%.1f\n", (double)(resident() - before) / (double)shares);
    for (long i = 0; i < shares; i++)
        csan_release(p[0]);
    for (int i = 0; i < 2; i++) {
        csan_evict(cache, p[i]);
        free(p[i]);
    }
}

static void census(size_t mib, long buffers)
{
    size_t each = (mib << 20) / (size_t)buffers;
    char **all = malloc((size_t)buffers * sizeof *all);
    for (long i = 0; i < buffers; i++) {
        all[i] = calloc(1, each);
        csan_publish(cache, all[i], 0);
    }
    for (long i = 0; i < buffers; i++)
        csan_evict(cache, all[i]);
    for (long i = 0; i < buffers; i++)
        csan_expected_ref(&all[i], sizeof all[i], "the list");
    double began = now_ns();
    int found = csan_check(0);
    printf("%.1f (%d found)\n", (now_ns() - began) / 1e6, found);
    for (long i = 0; i < buffers; i++)
        free(all[i]);
    free(all);
}

int main(int argc, char **argv)
{
    long a = argc > 2 ? atol(argv[2]) : 1, b = argc > 3 ? atol(argv[3]) : 64;
    cache = csan_cache("bench", 0, 0);
    bytes = (size_t)b;
    if (b > 4096)
        rounds = 200000;
    if (argc > 4)
        rounds = atol(argv[4]);
    if (argc > 1 && strcmp(argv[1], "pair") == 0)
        pair((int)a);
    else if (argc > 1 && strcmp(argv[1], "live") == 0)
        live(a);
    else if (argc > 1 && strcmp(argv[1], "census") == 0)
        census((size_t)a, b);
    return 0;
}
