/* What one search for pointers costs: a heap of 1,048,576 blocks of 504 bytes, 512 MiB, each with
 * eight pointers to others and text. On stdout, one figure a line.
 *
 *   apart      1,000,000 ranges in a mapping of their own
 *   among      every second block of the heap is a range, and 4 million pointers are found
 *   one        one block alone
 *   path       the chain to a block, every other one met as well, and what it keeps */
#include "base/arena.h"
#include "detect/path.h"
#include "detect/pointers.h"
#include "record/block.h"
#include "record/maps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { BLOCKS = 1 << 20, ASKED = 496, RANGES = 1000000, ROUNDS = 5 };

static struct arena scratch;
static struct range *ranges;
static char **blocks;
static char *root;

static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool count(const struct pointer *p, void *n)
{
    (void)p;
    ++*(uint64_t *)n;
    return true;
}

static void *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED)
        exit(1);
    return p;
}

static void build(void)
{
    uint64_t random = 88172645463325252u;
    blocks = map(BLOCKS * sizeof *blocks);
    ranges = map(BLOCKS * sizeof *ranges);
    csan__block_chunk_headers = true;
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(ASKED + BLOCK_TAIL);
        if (!blocks[i])
            exit(1);
        __asm__("" : "+r"(blocks[i]));
        size_t usable = csan__base_round_up(ASKED + BLOCK_TAIL + 8, 16) - 8;
        struct block b = {.start = (uintptr_t)blocks[i], .asked = ASKED, .usable = usable};
        csan__block_add(&b);
        memset(blocks[i], 'x', ASKED);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t k = 0; k < 8; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            memcpy(blocks[i] + k * 56, &blocks[(random >> 33) % BLOCKS], sizeof(char *));
        }
}

static struct world take_world(void)
{
    struct world w = {.scratch = &scratch};
    long maps = csan__maps_read(&scratch, &w.mappings);
    w.nmappings = maps > 0 ? (uint32_t)maps : 0;
    return w;
}

static void measure(const char *name, size_t n)
{
    uint64_t best = UINT64_MAX, found = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct world w = take_world();
        /* Without these two as roots: they are the benchmark's. */
        struct range own[] = {{(uintptr_t)blocks, (uintptr_t)(blocks + BLOCKS)},
                              {(uintptr_t)ranges, (uintptr_t)(ranges + BLOCKS)}};
        w.not_roots = own;
        w.nnot_roots = 2;
        found = 0;
        uint64_t began = cpu_ns();
        if (csan__pointers_find(&w, ranges, n, count, &found) != 0)
            exit(1);
        uint64_t took = cpu_ns() - began;
        best = took < best ? took : best;
        csan__arena_scratch_free(&scratch);
    }
    printf("%-8s %8.1f ms, %lu ranges, %lu found\n", name, (double)best / 1e6, (unsigned long)n,
           (unsigned long)found);
}

/* A path that nobody has (stack 77) makes the search go to its end. */
static void measure_path(void)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        struct world w = take_world();
        struct range own[] = {{(uintptr_t)blocks, (uintptr_t)(blocks + BLOCKS)},
                              {(uintptr_t)ranges, (uintptr_t)(ranges + BLOCKS)}};
        struct path paths[2] = {{.block = (uintptr_t)root}, {.stack = 77}};
        w.not_roots = own;
        w.nnot_roots = 2;
        uint64_t began = cpu_ns();
        if (csan__path_find(&w, paths, 2) != 0 || !paths[0].nplaces)
            exit(1);
        uint64_t took = cpu_ns() - began;
        best = took < best ? took : best;
        csan__arena_scratch_free(&scratch);
    }
    printf("%-8s %8.1f ms, %d blocks\n", "path", (double)best / 1e6, BLOCKS);
}

int main(void)
{
    build();
    char *apart = map((size_t)RANGES * 256);
    for (size_t i = 0; i < RANGES; i++)
        ranges[i] = (struct range){(uintptr_t)apart + i * 256, (uintptr_t)apart + i * 256 + 200};
    measure("apart", RANGES);
    size_t n = 0;
    for (size_t i = 0; i < BLOCKS; i += 2)
        if (!n || (uintptr_t)blocks[i] > ranges[n - 1].hi)
            ranges[n++] = (struct range){(uintptr_t)blocks[i], (uintptr_t)blocks[i] + ASKED};
    measure("among", n);
    ranges[0] = ranges[n / 2];
    measure("one", 1);
    root = blocks[7];
    measure_path();
    return 0;
}
