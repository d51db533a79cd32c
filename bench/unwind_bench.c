/* Nanoseconds per captured stack, at 5, 12 and 25 frames, against glibc's backtrace and libunwind.
 *
 *     cc -O2 -fomit-frame-pointer    -Iruntime -D_GNU_SOURCE bench/unwind_bench.c libcsan_unit.a
 *     cc -O2 -fno-omit-frame-pointer -Iruntime -D_GNU_SOURCE bench/unwind_bench.c libcsan_unit.a
 *
 * Rows: `here, same` the same stack again and again (csan__stack_here recognises it); `here, many`
 * 256 stacks in turn, of the same depth and place, which differ in their frames; `walk` the fast
 * walk alone; `walk, checked` on a stack of unknown bounds. Best of several rounds. */
#include "record/module.h"
#include "record/stack.h"
#include "record/thread.h"
#include "record/unwind.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <time.h>

#define FRAMES_MAX 64
#define ROUNDS 7
#define PATHS 256

static struct stack_bounds bounds;
static uintptr_t pcs[FRAMES_MAX];
static void *addresses[FRAMES_MAX];
static int (*unw_backtrace)(void **, int);
static uint32_t last_id;

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

__attribute__((noinline)) static void here(void)
{
    struct regs at = REGS_OF_CALLER();
    last_id = csan__stack_here(&at);
}

__attribute__((noinline)) static void fast(void)
{
    struct regs at = REGS_OF_CALLER();
    csan__unwind_fast(&at, &bounds, pcs, FRAMES_MAX);
}

__attribute__((noinline)) static void checked(void)
{
    struct regs at = REGS_OF_CALLER();
    csan__unwind_fast(&at, &(struct stack_bounds){0, 0}, pcs, FRAMES_MAX);
}

__attribute__((noinline)) static void glibc(void)
{
    backtrace(addresses, FRAMES_MAX);
}

__attribute__((noinline)) static void libunwind(void)
{
    unw_backtrace(addresses, FRAMES_MAX);
}

/* A chain of functions with frames of different sizes; each bit of `path` picks one of two calls,
 * so that the return addresses differ while the frames do not. */
struct job {
    void (*capture)(void);
    long times;
    unsigned path;
};

static void descend(struct job *job, int depth);

#define LINK(n)                                                                                    \
    __attribute__((noinline)) static void link_##n(struct job *job, int depth)                     \
    {                                                                                              \
        volatile char local[16 + 16 * (n % 5)];                                                    \
        local[0] = (char)depth;                                                                    \
        if (job->path >> (depth & 7) & 1) {                                                        \
            descend(job, depth - 1);                                                               \
            __asm__ volatile("nop");                                                               \
        } else {                                                                                   \
            descend(job, depth - 1);                                                               \
            __asm__ volatile("nop; nop");                                                          \
        }                                                                                          \
        local[1] = local[0];                                                                       \
    }
LINK(0)
LINK(1)
LINK(2)
LINK(3)
LINK(4)
LINK(5)
LINK(6)
LINK(7)

    static void (*const links[])(struct job *, int) = {link_0, link_1, link_2, link_3,
                                                       link_4, link_5, link_6, link_7};

__attribute__((noinline)) static void descend(struct job *job, int depth)
{
    if (depth > 0) {
        links[depth & 7](job, depth);
    } else {
        void (*capture)(void) = job->capture;
        for (long i = 0; i < job->times; i++)
            capture();
    }
    __asm__ volatile("");
}

static double measure(void (*capture)(void), int depth, long times)
{
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        struct job job = {capture, times, 0x55};
        double start = now_ns();
        descend(&job, depth);
        double took = (now_ns() - start) / (double)times;
        best = took < best ? took : best;
    }
    return best;
}

/* The cost of going down and up again is taken off. */
static double measure_paths(void (*capture)(void), int depth, long times)
{
    double best[2] = {1e18, 1e18};
    for (int round = 0; round < ROUNDS; round++) {
        for (int pass = 0; pass < 2; pass++) {
            double start = now_ns();
            for (long i = 0; i < times; i++) {
                struct job job = {capture, pass, (unsigned)(i * 167) % PATHS};
                descend(&job, depth);
            }
            double took = (now_ns() - start) / (double)times;
            best[pass] = took < best[pass] ? took : best[pass];
        }
    }
    return best[1] - best[0];
}

static void print_row(const char *name, const double *ns)
{
    printf("  %-26s %8.1f %8.1f %8.1f\n", name, ns[0], ns[1], ns[2]);
}

int main(void)
{
    static const int frames[] = {5, 12, 25};
    static const struct {
        const char *name;
        void (*capture)(void);
        long times;
        bool paths;
    } rows[] = {{"here, same", here, 1000000, false},
                {"here, many", here, 100000, true},
                {"walk", fast, 1000000, false},
                {"walk, many", fast, 100000, true},
                {"walk, checked", checked, 20000, false},
                {"glibc backtrace", glibc, 10000, false},
                {"libunwind unw_backtrace", libunwind, 100000, false}};
    void *library = dlopen("libunwind.so.8", RTLD_NOW);
    if (library)
        unw_backtrace = (int (*)(void **, int))dlsym(library, "unw_backtrace");
    struct thread *self = csan__thread_make();
    csan__thread_learn_stack(self);
    bounds = (struct stack_bounds){self->stack_lo, self->stack_hi};
    csan__module_refresh();
    if (csan__stack_init(FRAMES_MAX) != 0)
        return 1;
    printf("ns per stack, frames:             %8d %8d %8d\n", frames[0], frames[1], frames[2]);
    for (size_t i = 0; i < CSAN_COUNT(rows); i++) {
        double ns[CSAN_COUNT(frames)];
        if (rows[i].capture == libunwind && !unw_backtrace)
            continue;
        for (size_t k = 0; k < CSAN_COUNT(frames); k++) {
            int depth = (frames[k] - 4) / 2; /* two functions a link; main and what calls it */
            ns[k] = rows[i].paths ? measure_paths(rows[i].capture, depth, rows[i].times)
                                  : measure(rows[i].capture, depth, rows[i].times);
        }
        print_row(rows[i].name, ns);
    }
    struct stack_view view;
    if (csan__stack_get(last_id, &view))
        printf("  (last stack: %u frames%s; %u stacks)\n", view.depth,
               view.truncated ? ", truncated" : "", csan__stack_count());
    return 0;
}
