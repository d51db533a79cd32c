/* Threads that the program has started: their arguments, results and stacks.
 *
 *     add ──► running ──► ended ──► gone (joined or detached)
 *
 * Until a thread runs, its argument is a root; once it has ended, its result is one until it is
 * joined. Its stack stays mapped in libc's cache after that, and holds nothing alive. */
#include "base/arena.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/os.h"
#include "record/block.h"
#include "record/world.h"
#include "session/session.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

enum state { STATE_FREE, STATE_ADDED, STATE_RUNNING, STATE_ENDED };

struct started {
    enum state state;
    int tid;             /* while it runs */
    uint32_t created_at; /* stack */
    uint32_t epoch;
    bool is_told;     /* in a report */
    bool is_parents;  /* not this process's to join */
    uintptr_t handle; /* pthread_t; 0: not known yet, or no longer valid */
    bool is_named;   /* its creator has come back from the call: only then may this be used again */
    bool unjoinable; /* detached, or joined already */
    bool is_detached;
    void *argument;
    void *result;
    struct range stack;
    uintptr_t thread_pointer;
    bool stack_is_dead;
    struct started *next;
};

static struct {
    struct lock lock;
    struct started *first;
    uint32_t count;
} all = {.lock = LOCK_INIT(LOCK_STARTED)};

static CSAN_THREAD_LOCAL struct started *self_started;

static struct started *take_free(void)
{
    for (struct started *s = all.first; s; s = s->next)
        if (s->state == STATE_FREE && !s->stack_is_dead)
            return s;
    return NULL;
}

struct started *csan__started_add(void *argument, uint32_t stack)
{
    csan__lock_take(&all.lock);
    struct started *s = take_free();
    if (!s && (s = csan__arena_alloc(sizeof *s))) {
        s->next = all.first;
        all.first = s;
    }
    if (s) {
        struct started *next = s->next;
        memset(s, 0, sizeof *s);
        s->next = next;
        s->state = STATE_ADDED;
        s->argument = argument;
        s->created_at = stack;
        s->epoch = csan__block_epoch();
        all.count++;
    }
    csan__lock_give(&all.lock);
    return s;
}

static bool overlap(struct range a, struct range b)
{
    return a.lo < b.hi && b.lo < a.hi;
}

void csan__started_running(struct started *s, struct thread *self)
{
    self_started = s;
    struct range stack = {self->stack_lo, self->stack_hi};
    csan__lock_take(&all.lock);
    for (struct started *o = all.first; o; o = o->next)
        if (o->stack_is_dead && overlap(o->stack, stack))
            o->stack_is_dead = false; /* libc has given it to this thread */
    if (s) {
        s->state = STATE_RUNNING;
        s->tid = self->tid;
        s->argument = NULL;
        s->stack = stack;
        s->thread_pointer = self->thread_pointer;
        s->handle = self->thread_pointer; /* pthread_self(): it may detach itself before its creator
                                           * comes back */
    }
    csan__lock_give(&all.lock);
}

struct started *csan__started_self(void)
{
    return self_started;
}

static void free_if_gone(struct started *s)
{
    if (s->unjoinable && s->is_named && s->state == STATE_ENDED)
        s->state = STATE_FREE;
}

void csan__started_named(struct started *s, uintptr_t handle, bool detached)
{
    if (!s)
        return;
    csan__lock_take(&all.lock);
    s->is_named = true;
    s->unjoinable |= detached;
    s->is_detached |= detached;
    if (!s->unjoinable)
        s->handle = handle;
    free_if_gone(s);
    csan__lock_give(&all.lock);
}

void csan__started_failed(struct started *s)
{
    if (!s)
        return;
    csan__lock_take(&all.lock);
    s->state = STATE_FREE;
    csan__lock_give(&all.lock);
}

void csan__started_ended(struct started *s, void *result)
{
    if (!s)
        return;
    csan__lock_take(&all.lock);
    if (s->state != STATE_RUNNING) { /* pthread_exit has told, and runs the clean-up handlers now */
        csan__lock_give(&all.lock);
        return;
    }
    s->result = result;
    s->tid = 0;
    s->stack_is_dead = s->stack.hi != 0;
    s->state = STATE_ENDED;
    free_if_gone(s);
    csan__lock_give(&all.lock);
}

void csan__started_gone(uintptr_t handle, bool detached)
{
    csan__lock_take(&all.lock);
    for (struct started *s = all.first; s; s = s->next) {
        if (s->state == STATE_FREE || s->handle != handle)
            continue;
        s->unjoinable = true;
        s->is_detached = detached;
        s->handle = 0;
        free_if_gone(s);
        break;
    }
    csan__lock_give(&all.lock);
}

uint32_t csan__started_count(void)
{
    return all.count;
}

/* Arguments of threads that do not run yet, results of those that have ended. The world is stopped.
 */
uint32_t csan__started_held(uintptr_t *out, uint32_t max)
{
    uint32_t n = 0;
    for (struct started *s = all.first; s && n < max; s = s->next)
        if (s->state == STATE_ADDED || s->state == STATE_ENDED)
            out[n++] = (uintptr_t)(s->state == STATE_ADDED ? s->argument : s->result);
    return n;
}

/* What libc keeps with dead stacks, its thread-locals, is known by its stacks (detect/linker.c),
 * but in a static program only by the word of each thread's control block that leads there. */
uint32_t csan__started_roots(struct range *out, uint32_t max)
{
    uint32_t n = 0;
    for (struct started *s = all.first; s && n < max && getauxval(AT_BASE) == 0; s = s->next)
        if (s->stack_is_dead && s->thread_pointer)
            out[n++] = (struct range){s->thread_pointer + 8, s->thread_pointer + 16};
    return n;
}

static bool has_ended(const struct started *s);

/* A detached one only while it runs, and where that was asked for. */
static bool is_left(const struct started *s)
{
    if (s->state == STATE_FREE || s->is_parents || s->is_told)
        return false;
    return !s->unjoinable || (s->is_detached && csan__options.detached && !has_ended(s));
}

/* A cancelled thread ends without a word of ours. */
static bool has_ended(const struct started *s)
{
    return s->state == STATE_ENDED ||
           (s->tid && csan__os_tgkill(csan__os_pid(), s->tid, 0) == -ESRCH);
}

uint32_t csan__started_left(struct left_thread *out, uint32_t max)
{
    uint32_t n = 0;
    for (struct started *s = all.first; s && n < max; s = s->next)
        if (is_left(s) && s != self_started)
            out[n++] = (struct left_thread){.stack = s->created_at,
                                            .epoch = s->epoch,
                                            .tid = s->tid,
                                            .has_ended = has_ended(s),
                                            .is_detached = s->is_detached,
                                            .is_told = &s->is_told};
    return n;
}

#define SETTLE_NS ((uint64_t)100000000u)
#define SETTLE_STEP_NS ((uint64_t)2000000u)

static bool some_run(uint32_t since)
{
    bool found = false;
    csan__lock_take(&all.lock);
    for (struct started *s = all.first; s && !found; s = s->next)
        found = is_left(s) && s != self_started && s->epoch >= since && !has_ended(s);
    csan__lock_give(&all.lock);
    return found;
}

/* One that detaches itself as its last act, or is being joined, is given the time for it. */
void csan__started_settle(uint32_t since)
{
    uint64_t until = csan__os_now_ns() + SETTLE_NS;
    uint32_t never = 0;
    while (some_run(since) && csan__os_now_ns() < until)
        csan__os_futex_wait(&never, 0, SETTLE_STEP_NS);
}

uint32_t csan__started_dead_stacks(struct range *out, uint32_t max)
{
    uint32_t n = 0;
    for (struct started *s = all.first; s && n < max; s = s->next)
        if (s->stack_is_dead)
            out[n++] = s->stack;
    return n;
}

/* The parent's other threads are not here; what they returned or were given is not ours to judge.
 */
void csan__started_forked(void)
{
    for (struct started *s = all.first; s; s = s->next) {
        s->is_parents = true;
        if (s == self_started || s->state == STATE_ENDED)
            continue;
        s->stack_is_dead = s->stack.hi != 0;
        s->state = STATE_FREE;
    }
}
