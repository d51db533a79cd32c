/* What sharing costs: a share and its release, by threads and by bytes; memory of a live share; the
 * census. Run under each CSAN_SHARE and without the library.
 *
 *   share_pair pair THREADS BYTES [PAIRS]   ns of processor time a pair, each thread on a buffer of
 *                                           its own; 0: one thread, where there has been a second
 *   share_pair one THREADS BYTES [PAIRS]    the same, all on one buffer
 *   share_pair live SHARES                  bytes of memory for each of so many live shares
 *   share_pair census MIB BUFFERS WHAT      a csan_check over so much heap and so many buffers: ms
 *                                           of processor time, ms passed, findings
 */
#include <csan.h>
#include <csan_share.h>

#include <pthread.h>
#include <stdbool.h>
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

static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
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

static void *idle(void *arg)
{
    return arg;
}

/* one: all threads share the same buffer. */
static void pair(int threads, bool one)
{
    pthread_t t[64];
    char *p[64] = {NULL};
    for (int i = 0; i < threads; i++)
        p[i] = one && i ? p[0] : csan_publish(cache, calloc(1, bytes), 0);
    if (threads == 0) { /* the program has had a second one */
        pthread_create(&t[0], NULL, idle, NULL);
        pthread_join(t[0], NULL);
        p[0] = csan_publish(cache, calloc(1, bytes), 0);
    }
    double began = cpu_ns();
    if (threads <= 1)
        work(p[0]);
    for (int i = 0; i < threads && threads > 1; i++)
        pthread_create(&t[i], NULL, work, p[i]);
    for (int i = 0; i < threads && threads > 1; i++)
        pthread_join(t[i], NULL);
    int n = threads ? threads : 1;
    printf("%.1f\n", (cpu_ns() - began) / (double)rounds / n);
    for (int i = 0; i < n; i++)
        if (!one || !i) {
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

static void check(void)
{
    double began = now_ns(), cpu = cpu_ns();
    int found = csan_check(0);
    double took = cpu_ns() - cpu;
    printf("%.1f %.1f %d\n", took / 1e6, (now_ns() - began) / 1e6, found);
}

/* A heap of 512 B blocks, each with pointers to eight others and numbers, and between them buffers
 * of 64 B. */
static char **fill(char **others, long n, long buffers)
{
    char **all = malloc((size_t)buffers * sizeof *all);
    for (long i = 0; i < n || i < buffers; i++) {
        if (i < n)
            others[i] = calloc(1, 512);
        if (i < buffers)
            all[i] = calloc(1, 64);
    }
    for (long i = 0; i < n; i++)
        for (long at = 0; at < 512; at += 64) {
            memcpy(others[i] + at, &others[(i * 7919 + at) % n], sizeof(char *));
            others[i][at + 8] = 1;
        }
    return all;
}

/* So that they are published in no order of their addresses (Knuth, TAOCP 2, 3.4.2, algorithm P).
 */
static void shuffle(char **all, long n)
{
    for (long i = n - 1; i > 0; i--) {
        long with = (long)(lrand48() % (i + 1));
        char *swap = all[i];
        all[i] = all[with];
        all[with] = swap;
    }
}

/* cached: nothing is gone. listed: all are gone, are pointed to, and are meant to be. all: they are
 * pointed to, which is wrong. few: all are freed, 1000 are still pointed to, and the heap of so
 * many MiB is of others. mixed: the same in no order. */
static void census(size_t mib, long buffers, const char *what)
{
    bool mixed = strcmp(what, "mixed") == 0, few = mixed || strcmp(what, "few") == 0;
    long n = (long)(mib << 11);
    char **others = few ? malloc((size_t)n * sizeof *others) : NULL;
    char **all = few ? fill(others, n, buffers) : malloc((size_t)buffers * sizeof *all);
    if (mixed)
        shuffle(all, buffers);
    for (long i = 0; i < buffers; i++) {
        if (!few)
            all[i] =
                memset(malloc((mib << 20) / (size_t)buffers), 'x', (mib << 20) / (size_t)buffers);
        csan_publish(cache, all[i], 0);
    }
    for (long i = 0; i < buffers && strcmp(what, "cached") != 0; i++) {
        csan_release(csan_share(all[i]));
        csan_evict(cache, all[i]);
        if (few)
            free(all[i]);
        else if (strcmp(what, "listed") == 0)
            csan_expected_ref(&all[i], sizeof all[i], "the list");
    }
    if (few)
        memset(all + 1000, 0, (size_t)(buffers - 1000) * sizeof *all);
    check();
    for (long i = 0; i < buffers && !few; i++)
        free(all[i]);
    for (long i = 0; i < n && few; i++)
        free(others[i]);
    free(others);
    free(all);
}

int main(int argc, char **argv)
{
    long a = argc > 2 ? atol(argv[2]) : 1, b = argc > 3 ? atol(argv[3]) : 64;
    cache = csan_cache("bench", 0, 0);
    bytes = (size_t)b;
    if (b > 4096)
        rounds = 200000;
    if (argc > 4 && strcmp(argv[1], "census") != 0)
        rounds = atol(argv[4]);
    if (argc > 1 && strcmp(argv[1], "pair") == 0)
        pair((int)a, false);
    else if (argc > 1 && strcmp(argv[1], "one") == 0)
        pair((int)a, true);
    else if (argc > 1 && strcmp(argv[1], "live") == 0)
        live(a);
    else if (argc > 1 && strcmp(argv[1], "census") == 0)
        census((size_t)a, b, argc > 4 ? argv[4] : "listed");
    return 0;
}
