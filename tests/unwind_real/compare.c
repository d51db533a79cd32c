/* Preloaded into real programs: takes csan's stack at each allocation, by the memo where that knows
 * it, and compares it with a walk; at every Nth one also with csan's full walker and glibc's
 * backtrace. A difference ends the program with SIGABRT and both stacks on stderr.
 *
 *     cc -shared -fPIC -O2 -fno-omit-frame-pointer -D_GNU_SOURCE -Iruntime
 *        tests/unwind_real/compare.c libcsan_unit.a -o compare.so
 *     COMPARE_EVERY=1000 COMPARE_OUT=file LD_PRELOAD=./compare.so python3 -c …
 *
 * One line a process is added to COMPARE_OUT: how many allocations, comparisons, stacks, and how
 * many of the compared stacks reached the outermost frame. */
#include "record/module.h"
#include "record/stack.h"
#include "record/thread.h"
#include "record/unwind_frame.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAMES 256
#define HOOK __attribute__((visibility("default")))

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static struct {
    bool ready;
    unsigned long every, taken, none, compared, complete, longer, frames;
} state = {.every = 1000};

static CSAN_THREAD_LOCAL int inside;

static void print_stack(const char *name, void *const *pcs, int n)
{
    dprintf(2, "%s, %d frames\n", name, n);
    for (int i = 0; i < n; i++) {
        Dl_info where = {.dli_fname = "?"};
        dladdr((char *)pcs[i] - 1, &where);
        dprintf(2, "  %2d %p %s %s+%#lx\n", i, pcs[i], where.dli_sname ? where.dli_sname : "?",
                where.dli_fname, (long)((char *)pcs[i] - (char *)where.dli_fbase));
    }
}

static void differ(const char *what, void *const *ours, int n, void *const *theirs, int m)
{
    dprintf(2, "compare: %s differs\n", what);
    print_stack("csan's walk", ours, n);
    print_stack(what, theirs, m);
    abort();
}

/* glibc gives an interrupted pc as it is, csan adds 1. */
static bool is_alike(void *const *ours, void *const *theirs, int i)
{
    if (ours[i] == theirs[i])
        return true;
    return i > 0 && (char *)ours[i] == (char *)theirs[i] + 1 &&
           csan__unwind_is_restorer((uintptr_t)ours[i - 1]);
}

static void compare(const struct regs *at, const struct stack_view *kept, bool thoroughly)
{
    uintptr_t fast[FRAMES], full[FRAMES];
    void *theirs[FRAMES], **first = theirs;
    struct stack_bounds in = {csan__thread_self->stack_lo, csan__thread_self->stack_hi};
    struct full_regs here;
    struct walk walk = csan__unwind_fast(at, &in, fast, FRAMES);
    if (kept->depth > walk.depth || memcmp(fast, kept->pcs, kept->depth * sizeof *fast) != 0 ||
        (kept->depth < 64 && (kept->depth != walk.depth || kept->truncated != walk.truncated)))
        differ("kept stack", (void **)fast, (int)walk.depth, (void *const *)kept->pcs,
               (int)kept->depth);
    if (!thoroughly)
        return;
    csan__unwind_here(&here);
    bool exact = false;
    while (here.r[CFI_RSP] != at->sp && csan__unwind_step(&here, &exact, &in, NULL) == 0)
        ;
    struct walk other = csan__unwind_full(&here, exact, &in, full, FRAMES);
    if (other.depth != walk.depth || other.truncated != walk.truncated || other.hash != walk.hash ||
        memcmp(fast, full, walk.depth * sizeof *fast) != 0)
        differ("full walk", (void **)fast, (int)walk.depth, (void **)full, (int)other.depth);
    int n = backtrace(theirs, FRAMES);
    while (n > 0 && (uintptr_t)*first != at->pc) {
        first++;
        n--;
    }
    for (int i = 0; i < n && i < (int)walk.depth; i++)
        if (!is_alike((void **)fast, first, i))
            differ("backtrace", (void **)fast, (int)walk.depth, first, n);
    if (n > (int)walk.depth)
        differ("backtrace", (void **)fast, (int)walk.depth, first, n);
    state.longer += n < (int)walk.depth && n < FRAMES - 8;
    state.compared++;
    state.complete += !walk.truncated;
    state.frames += walk.depth;
}

static void prepare(void)
{
    void *warm[2];
    const char *every = getenv("COMPARE_EVERY");
    if (every && *every != '0')
        state.every = strtoul(every, NULL, 10);
    csan__module_refresh();
    if (csan__stack_init(64) != 0)
        abort();
    backtrace(warm, 2); /* loads libgcc_s */
    csan__module_refresh();
    state.ready = true;
}

static CSAN_NOINLINE void take_in(const struct regs *at)
{
    int saved = errno;
    inside++;
    struct thread *t = csan__thread_get();
    if (t && !t->stack_hi)
        csan__thread_learn_stack(t);
    uint32_t id = csan__stack_here(at);
    unsigned long n = __atomic_fetch_add(&state.taken, 1, __ATOMIC_RELAXED);
    struct stack_view kept;
    if (!csan__stack_get(id, &kept)) {
        state.none++;
    } else if (t) {
        bool thoroughly = n % state.every == 0;
        if (thoroughly)
            csan__module_refresh();
        compare(at, &kept, thoroughly);
    }
    inside--;
    errno = saved;
}

#define TAKE()                                                                                     \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        if (state.ready && !inside)                                                                \
            take_in(&at);                                                                          \
    } while (0)

HOOK void *malloc(size_t n)
{
    TAKE();
    return __libc_malloc(n);
}

HOOK void *calloc(size_t n, size_t size)
{
    TAKE();
    return __libc_calloc(n, size);
}

HOOK void *realloc(void *p, size_t n)
{
    TAKE();
    return __libc_realloc(p, n);
}

__attribute__((constructor)) static void begin(void)
{
    inside++;
    prepare();
    inside--;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("COMPARE_OUT");
    inside++;
    FILE *out = path ? fopen(path, "a") : NULL;
    if (out) {
        fprintf(out,
                "%s: %lu allocations, %lu compared, %lu complete, %lu deeper than backtrace, "
                "%.1f frames, %u stacks, %lu without\n",
                program_invocation_short_name, state.taken, state.compared, state.complete,
                state.longer, state.compared ? (double)state.frames / (double)state.compared : 0,
                csan__stack_count(), state.none);
        fclose(out);
    }
    if (!csan__stack_is_valid() || !csan__unwind_is_valid() || !csan__module_is_valid())
        abort();
    inside--;
}
