/* What the account of blocks costs, and the search for lost ones. On stdout, one figure a line.
 *
 *   add+take   ns per pair over 10,000 blocks that are live at once, beyond malloc+free
 *   build      ns per block while a million comes to live, beyond malloc; bytes of the account
 *   mark       a tree of n nodes of 16 to 128 bytes, children at random places, all reached
 *   lost       the same when nothing of it is reached: found, told apart, grouped
 *
 * block_bench [nodes ...] */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "detect/mark.h"
#include "record/block.h"
#include "record/maps.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { LIVE = 10000, ROUNDS = 300, MILLION = 1000000 };

static uint64_t random_state = 88172645463325252u;

static uint64_t next_random(void) /* xorshift64 (Marsaglia 2003) */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Processor time: what somebody else's load on the machine hardly changes. */
static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "block_bench: %s\n", what);
    exit(1);
}

static char *make(size_t asked, bool accounted)
{
    char *p = malloc(asked + BLOCK_TAIL);
    if (!p)
        fail("no memory");
    __asm__("" : "+r"(p)); /* what stands in front of it is read below */
    if (!accounted)
        return p;
    size_t header = ((size_t *)p)[-1];
    struct block b = {.start = (uintptr_t)p,
                      .asked = asked,
                      .usable = (header & ~(size_t)7) - (header & 2 ? 16 : 8),
                      .stack = (uint32_t)asked};
    csan__block_add(&b);
    return p;
}

static void drop(char *p, bool accounted)
{
    struct block old;
    size_t header = ((size_t *)p)[-1];
    if (accounted && !csan__block_take((uintptr_t)p, (header & ~(size_t)7) - 8, &old))
        fail("a block is not there");
    free(p);
}

static double pairs_ns(char **all, bool accounted)
{
    uint64_t begin = cpu_ns();
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < LIVE; i++) {
            drop(all[i], accounted);
            all[i] = make(16 + ((size_t)(i * 7 + round) & 127), accounted);
        }
    return (double)(cpu_ns() - begin) / ((double)ROUNDS * LIVE);
}

static void bench_pairs(void)
{
    static char *plain[LIVE], *ours[LIVE];
    for (int i = 0; i < LIVE; i++) {
        plain[i] = make(64, false);
        ours[i] = make(64, true);
    }
    double without = pairs_ns(plain, false), one = pairs_ns(ours, true);
    csan__block_threaded = true;
    double two = pairs_ns(ours, true);
    csan__block_threaded = false;
    printf("add+take: %.1f ns a pair, %.1f once there are threads (malloc+free: %.1f)\n",
           one - without, two - without, without);
    for (int i = 0; i < LIVE; i++) {
        drop(plain[i], false);
        drop(ours[i], true);
    }
}

static uint64_t resident_bytes(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*u %lu", &pages) != 1)
        fail("no /proc");
    fclose(f);
    return pages * CSAN_PAGE;
}

static double build_ns(char **all, bool accounted, uint64_t *grown)
{
    uint64_t before = resident_bytes(), begin = cpu_ns();
    for (size_t i = 0; i < MILLION; i++)
        all[i] = make(16 + (i & 63), accounted);
    uint64_t ns = cpu_ns() - begin;
    *grown = resident_bytes() - before;
    for (size_t i = 0; i < MILLION; i++)
        drop(all[i], accounted);
    malloc_trim(0);
    return (double)ns / MILLION;
}

static void bench_build(char **all)
{
    uint64_t plain = 0, ours = 0, again = 0;
    build_ns(all, false, &plain); /* malloc's own pages, touched for the first time */
    double without = build_ns(all, false, &plain), with = build_ns(all, true, &ours);
    with = build_ns(all, true, &again);
    printf("build:    %.1f ns a block (malloc: %.1f), bitmap and table %.2f B a block\n",
           with - without, without, ((double)ours - (double)plain) / MILLION);
}

/* Node i hangs on a random one of the nodes before it, in one of its two slots, or on the last. */
static char *make_tree(char **all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t asked = 16 + (next_random() & 112);
        all[i] = make(asked, true);
        memset(all[i], 0, asked);
    }
    for (size_t i = n - 1; i > 0; i--) { /* places in no order */
        size_t k = next_random() % (i + 1);
        char *swap = all[i];
        all[i] = all[k];
        all[k] = swap;
    }
    for (size_t i = 1; i < n; i++)
        memcpy(all[(i - 1) / 2] + i % 2 * 8, &all[i], sizeof all[i]);
    return all[0];
}

static void bench_mark(char **all, size_t n)
{
    struct arena scratch = {0};
    struct world w = {.scratch = &scratch};
    uintptr_t root = (uintptr_t)make_tree(all, n);
    long mappings = csan__maps_read(&scratch, &w.mappings);
    if (mappings <= 0)
        fail("no /proc");
    w.nmappings = (uint32_t)mappings;
    uint64_t begin = cpu_ns();
    struct mark *m;
    if (csan__mark_begin(&w, &m) != 0)
        fail("no memory");
    uint64_t begun = cpu_ns();
    uint64_t reached = csan__mark_flood(m, root).blocks;
    uint64_t marked = cpu_ns();
    csan__mark_end(m);
    uint64_t end = cpu_ns();
    if (reached != n)
        fail("not all of the tree is reached");
    printf("mark:     %.1f ms for %zu blocks, %.1f ns each (begin %.1f ms, end %.1f ms)\n",
           (double)(end - begin) / 1e6, n, (double)(marked - begun) / (double)n,
           (double)(begun - begin) / 1e6, (double)(end - marked) / 1e6);
    csan__arena_scratch_free(&scratch);
}

/* `all` holds every node and lies where the judge looks for roots: it is kept out. */
static void bench_lost(char **all, size_t n)
{
    struct arena scratch = {0};
    struct range out = {(uintptr_t)all, (uintptr_t)(all + n)};
    struct world w = {.scratch = &scratch, .not_roots = &out, .nnot_roots = 1};
    struct findings found;
    w.nmappings = (uint32_t)csan__maps_read(&scratch, &w.mappings);
    struct stopped_thread self = {.sp = (uintptr_t)__builtin_frame_address(0)};
    csan__maps_find(self.sp, &self.stack);
    w.threads = &self;
    w.nthreads = 1;
    csan__findings_init(&found, &scratch);
    csan__options.max_leak = 0;
    uint64_t begin = cpu_ns();
    if (csan__detector_leak.judge(0, &w, &found) != 0)
        fail("no memory");
    uint64_t ns = cpu_ns() - begin;
    printf("lost:     %.1f ms for %zu blocks (of %u stacks)\n", (double)ns / 1e6, n, found.count);
    csan__arena_scratch_free(&scratch);
}

static void bench_tree(size_t n)
{
    size_t bytes = n * sizeof(char *);
    char **all = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (n < 2 || all == MAP_FAILED)
        fail("no memory, or no number of nodes");
    bench_mark(all, n);
    bench_lost(all, n);
    for (size_t i = 0; i < n; i++)
        drop(all[i], true);
    munmap(all, bytes);
}

int main(int argc, char **argv)
{
    char **all = malloc(MILLION * sizeof *all);
    if (!all)
        fail("no memory");
    csan__block_real_usable = malloc_usable_size;
    csan__block_chunk_headers = true;
    bench_pairs();
    bench_build(all);
    free(all);
    for (int i = 1; i < argc; i++)
        bench_tree(strtoul(argv[i], NULL, 10));
    if (argc == 1) {
        bench_tree(MILLION);
        bench_tree(5 * (size_t)MILLION);
    }
    return 0;
}
