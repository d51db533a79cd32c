/* Profiles: where the memory, the waits and the threads are, by stack, for pprof.
 *
 *   world stopped ──▶ live blocks by stack, each thread's stack ──▶ world started again
 *                 ──▶ names, once for all ──▶ one file a sort, written aside and renamed
 *
 * At the end of each process where option out is set (five files), and whenever csan_dump asks (one
 * of them). What was allocated and waited for is counted from the start where out is set, else from
 * the first csan_dump on. All of it under judge.c's lock and on its stack. */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/lock_name.h"
#include "detect/standing.h"
#include "record/block.h"
#include "record/label.h"
#include "record/maps.h"
#include "record/module.h"
#include "record/sync.h"
#include "record/volume.h"
#include "record/world.h"
#include "report/pprof.h"
#include "session/framework.h"
#include "session/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum sort { SORT_HEAP, SORT_ALLOCS, SORT_MUTEX, SORT_BLOCK, SORT_THREADS, SORTS };

#define OBJECTS_AND_SPACE                                                                          \
    {                                                                                              \
        {"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"},          \
            {"inuse_space", "bytes"},                                                              \
    }
#define CONTENTIONS_AND_DELAY                                                                      \
    {                                                                                              \
        {"contentions", "count"}, {"delay", "nanoseconds"},                                        \
    }

/* Names and units are those of Go's runtime, whose readers know them. */
static const struct pprof_sort sorts[SORTS] = {
    {"heap", OBJECTS_AND_SPACE, "inuse_space", {"space", "bytes"}},
    {"allocs", OBJECTS_AND_SPACE, "alloc_space", {"space", "bytes"}},
    {"mutex", CONTENTIONS_AND_DELAY, "delay", {"contentions", "count"}},
    {"block", CONTENTIONS_AND_DELAY, "delay", {"contentions", "count"}},
    {"threads", {{"goroutine", "count"}}, "goroutine", {"goroutine", "count"}},
};

/* The stacks of which a sort has totals. */
static const uint32_t kinds_of[SORTS] = {
    1u << VOLUME_ALLOCATED | 1u << VOLUME_LIVE,
    1u << VOLUME_ALLOCATED | 1u << VOLUME_LIVE,
    ((1u << 2 * VOLUME_LOCKS) - 1) << VOLUME_MUTEX,
    ((1u << VOLUME_WAYS) - 1) << VOLUME_BLOCKED,
    1u << VOLUME_STANDING,
};

/* The label `lock` of a wait: what pprof's sample types do not tell apart. */
static const char *const ways[VOLUME_WAYS] = {
    [SYNC_MUTEX] = "mutex",       [SYNC_READ] = "rwlock.read",    [SYNC_WRITE] = "rwlock.write",
    [SYNC_SPIN] = "spin",         [SYNC_COND] = "condition",      [SYNC_BARRIER] = "barrier",
    [SYNC_ONCE] = "pthread_once", [SYNC_SEMAPHORE] = "semaphore", [SYNC_JOIN] = "join",
};
_Static_assert(SYNC_JOIN + 1 == VOLUME_WAYS && SYNC_SPIN + 1 == VOLUME_LOCKS,
               "ways to wait are numbered as their kinds");
_Static_assert(VOLUME_KINDS <= 32, "each is a bit");

struct standing {
    uint32_t stack;
    const struct labels *labels;
};

struct profile {
    uint32_t wanted; /* 1 << enum sort */
    const struct full_regs *at;
    const char *path; /* where the one that is wanted goes; NULL: a name in the folder of out */
    long error;       /* 0 or -errno */

    struct arena scratch;
    struct standing *threads;
    uint32_t nthreads;
    uint32_t *stacks; /* ascending, each once */
    uint32_t nstacks;
    struct trace *traces; /* of stacks[i] */
};

static uint64_t began_ns;

/* ------------------------------------------------------------------ what waits are counted */

static void listen(const struct sync_event *e)
{
    uint32_t kind = e->lock_kind;
    if (!csan__volume_is_wanted || kind >= VOLUME_WAYS)
        return;
    csan__volume_add(VOLUME_BLOCKED + kind, e->stack, e->wait_ns);
    if (kind >= VOLUME_LOCKS)
        return;
    uint32_t holder = csan__lock_stack(&e->other);
    csan__volume_add((holder ? VOLUME_MUTEX : VOLUME_MUTEX_OPEN) + kind, holder ? holder : e->stack,
                     e->wait_ns);
}

void csan__profile_start(void)
{
    began_ns = csan__os_now_ns();
    csan__sync_listen(listen, SYNC_HEARS(WAIT_ENDED));
    if (csan__options.out)
        csan__volume_want();
}

void csan__profile_forked(void)
{
    began_ns = csan__os_now_ns();
    for (uint32_t kind = 0; csan__volume_is_wanted && kind < VOLUME_KINDS; kind++)
        csan__volume_reset(kind);
}

/* ------------------------------------------------------------------ the stopped world */

static bool count_block(const struct block *b, void *arg)
{
    (void)arg;
    csan__volume_add(VOLUME_LIVE, b->stack, b->asked);
    return true;
}

static int count_live(struct world *w)
{
    csan__volume_reset(VOLUME_LIVE);
    int failed = csan__maps_of_world(w);
    failed = failed ? failed : csan__block_freeze(w);
    if (failed)
        return failed;
    csan__block_each(count_block, NULL);
    csan__block_thaw();
    return 0;
}

static uint32_t stack_of(const struct stopped_thread *t)
{
    struct waiting wait;
    return csan__standing_waits(t, &wait) ? wait.stack : csan__standing_stack(t);
}

static int note_threads(struct profile *p, const struct world *w)
{
    p->threads = csan__arena_scratch_alloc(&p->scratch, w->nthreads * sizeof *p->threads);
    if (!p->threads)
        return -ENOMEM;
    csan__volume_reset(VOLUME_STANDING);
    for (uint32_t i = 0; i < w->nthreads; i++) {
        p->threads[i] =
            (struct standing){stack_of(&w->threads[i]), csan__label_of(w->threads[i].tid)};
        csan__volume_add(VOLUME_STANDING, p->threads[i].stack, 1);
    }
    p->nthreads = w->nthreads;
    return 0;
}

static int look_at_world(struct profile *p)
{
    struct world world;
    csan__module_refresh();
    int failed = csan__stop_world(p->at, &p->scratch, &world);
    if (failed)
        return failed;
    if (p->wanted & (1u << SORT_HEAP | 1u << SORT_ALLOCS))
        failed = count_live(&world);
    if (!failed && p->wanted & 1u << SORT_THREADS)
        failed = note_threads(p, &world);
    csan__start_world();
    return failed;
}

/* ------------------------------------------------------------------ names */

/* All stacks in one question to the helper. */
static int find_names(struct profile *p)
{
    uint32_t kinds = 0, n = 0;
    for (uint32_t sort = 0; sort < SORTS; sort++)
        if (p->wanted & 1u << sort)
            kinds |= kinds_of[sort];
    for (uint32_t s = 0; (s = csan__volume_next(kinds, s));)
        n++;
    p->stacks = csan__arena_scratch_alloc(&p->scratch, n * sizeof *p->stacks);
    p->traces = csan__arena_scratch_alloc(&p->scratch, n * sizeof *p->traces);
    if (!p->stacks || !p->traces)
        return -ENOMEM;
    for (uint32_t s = 0; p->nstacks < n && (s = csan__volume_next(kinds, s));)
        p->stacks[p->nstacks++] = s;
    const char *why; /* where names are missing there are addresses and build-ids */
    csan__symbol_resolve(&p->scratch, p->stacks, p->nstacks, p->traces, &why);
    return 0;
}

static const struct trace *trace_of(const struct profile *p, uint32_t stack)
{
    uint32_t lo = 0, hi = p->nstacks;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->stacks[mid] < stack)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < p->nstacks && p->stacks[lo] == stack ? &p->traces[lo] : NULL;
}

/* ------------------------------------------------------------------ one file */

static void put_thread(struct pprof *out, const struct profile *p, const struct standing *s,
                       struct pprof_label *labels, uint32_t nlabels)
{
    const struct trace *t = trace_of(p, s->stack);
    for (uint32_t i = 0; s->labels && i < s->labels->count; i++)
        labels[nlabels++] = (struct pprof_label){s->labels->at[i].key, s->labels->at[i].value};
    if (t)
        csan__pprof_sample(out, t, (const uint64_t[]){1}, labels, nlabels);
}

static void put_waits(struct pprof *out, const struct profile *p, enum sort sort, uint32_t at,
                      struct pprof_label *labels, uint32_t nlabels)
{
    uint32_t first = sort == SORT_BLOCK ? VOLUME_BLOCKED : VOLUME_MUTEX;
    uint32_t end = sort == SORT_BLOCK ? VOLUME_MUTEX : VOLUME_KINDS;
    for (uint32_t kind = first; kind < end; kind++) {
        struct volume v = csan__volume_of(kind, p->stacks[at]);
        bool is_open = kind >= VOLUME_MUTEX_OPEN;
        uint32_t way = kind - (is_open ? VOLUME_MUTEX_OPEN : first);
        labels[nlabels] = (struct pprof_label){"lock", ways[way]};
        labels[nlabels + 1] = (struct pprof_label){"holder", "unknown"};
        if (v.count)
            csan__pprof_sample(out, &p->traces[at], (const uint64_t[]){v.count, v.amount}, labels,
                               nlabels + 1 + is_open);
    }
}

static void put_blocks(struct pprof *out, const struct profile *p, uint32_t at,
                       const struct pprof_label *labels, uint32_t nlabels)
{
    struct volume all = csan__volume_of(VOLUME_ALLOCATED, p->stacks[at]);
    struct volume live = csan__volume_of(VOLUME_LIVE, p->stacks[at]);
    /* what was allocated before anything was counted is there all the same */
    uint64_t values[PPROF_VALUES] = {all.count > live.count ? all.count : live.count,
                                     all.amount > live.amount ? all.amount : live.amount,
                                     live.count, live.amount};
    if (values[0])
        csan__pprof_sample(out, &p->traces[at], values, labels, nlabels);
}

static long write_sort(struct profile *p, enum sort sort, int fd)
{
    struct pprof *out = csan__pprof_begin(&sorts[sort], &p->scratch, fd);
    if (!out)
        return -ENOMEM;
    struct pprof_label labels[LABELS_MAX + 3];
    const char *test = csan__framework_test();
    labels[0] = (struct pprof_label){"test", test};
    uint32_t nlabels = test != NULL;
    if (sort == SORT_THREADS)
        for (uint32_t i = 0; i < p->nthreads; i++)
            put_thread(out, p, &p->threads[i], labels, nlabels);
    else
        for (uint32_t i = 0; i < p->nstacks; i++)
            if (sort == SORT_MUTEX || sort == SORT_BLOCK)
                put_waits(out, p, sort, i, labels, nlabels);
            else
                put_blocks(out, p, i, labels, nlabels);
    return csan__pprof_end(out, csan__os_unix_seconds() * 1000000000u,
                           csan__os_now_ns() - began_ns);
}

static long write_file(struct profile *p, enum sort sort)
{
    struct out_file f;
    long error = p->path ? csan__out_open_path(&f, p->path)
                         : csan__out_open(&f, csan__framework_test(), sorts[sort].name);
    if (error)
        return error;
    return csan__out_close(&f, write_sort(p, sort, f.fd));
}

static void make(void *arg)
{
    struct profile *p = arg;
    p->error = look_at_world(p);
    if (!p->error)
        p->error = find_names(p);
    for (uint32_t sort = 0; sort < SORTS && !p->error; sort++)
        if (p->wanted & 1u << sort)
            p->error = write_file(p, sort);
    csan__arena_scratch_free(&p->scratch);
}

static void say_failed(long error)
{
    char buf[4600];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: no profiles of %s in %s: ", csan__session_program(),
                      csan__options.out);
    csan__out_put_reason(&t, error);
    csan__text_char(&t, '\n');
    csan__log_line(buf, t.len);
}

void csan__profile_end(const struct full_regs *at)
{
    struct profile p = {.wanted = (1u << SORTS) - 1, .at = at};
    if (!csan__options.out || csan__out_has_failed())
        return;
    if (csan__judge_borrow(make, &p) != 0)
        p.error = -ENOMEM;
    if (p.error)
        say_failed(p.error);
}

int csan__profile_dump(const char *kind, const char *path, const struct full_regs *at)
{
    for (uint32_t sort = 0; sort < SORTS; sort++)
        if (csan__text_equal(kind, sorts[sort].name) && path && *path) {
            struct profile p = {.wanted = 1u << sort, .at = at, .path = path};
            csan__volume_want();
            return csan__judge_borrow(make, &p) == 0 ? (int)p.error : -ENOMEM;
        }
    return -EINVAL;
}
