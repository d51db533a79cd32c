/* Threads that wait as a test has planned, for the tests of detect/crowd and of who asks it.
 *
 * The threads are real; that they wait is only told. Time is what the tests say it is. */
#ifndef TEST_CROWD_SCENE_H
#define TEST_CROWD_SCENE_H

#include "detect/crowd.h"
#include "detect/hang.h"
#include "tests/unit/sync_events.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <pthread.h>

static const struct detector *blocked = &csan__detector_blocked;
static pthread_barrier_t all_wait, all_go;

struct plan {
    enum sync_kind kind;
    uintptr_t object;
    const char *call;
    bool timed;
    bool is_over; /* it has waited there, and does no more */
    uint32_t stack;
    int tid;
    uint32_t (*place)(struct thread *t, const struct plan *p);
};

/* Two places to wait at. */
__attribute__((noinline)) static uint32_t here(struct thread *t, const struct plan *p)
{
    struct regs at = REGS_OF_CALLER();
    ck_assert(csan__sync_wait_begin(t, p->kind, p->object, p->call, p->timed, &at));
    return csan__stack_here(&at);
}

__attribute__((noinline)) static uint32_t there(struct thread *t, const struct plan *p)
{
    uint32_t stack = here(t, p);
    __asm__ volatile("" ::: "memory");
    return stack;
}

static inline void *wait_as_planned(void *arg)
{
    struct plan *p = arg;
    struct thread *t = csan__thread_get();
    t->inside = 1;
    p->stack = p->place == there ? there(t, p) : here(t, p);
    p->tid = t->tid;
    if (p->is_over)
        csan__sync_wait_end(t, true);
    pthread_barrier_wait(&all_wait);
    pthread_barrier_wait(&all_go);
    return arg;
}

static struct plan plans[64];
static unsigned nplans;

static inline void plan(unsigned n, struct plan p)
{
    while (n-- > 0)
        plans[nplans++] = p;
}

/* All that were planned since the last time. */
static inline void start_all(void)
{
    static unsigned started;
    pthread_t thread;
    pthread_barrier_init(&all_wait, NULL, nplans - started + 1);
    pthread_barrier_init(&all_go, NULL, 1000); /* they wait for good */
    for (; started < nplans; started++)
        ck_assert_int_eq(pthread_create(&thread, NULL, wait_as_planned, &plans[started]), 0);
    pthread_barrier_wait(&all_wait);
}

static const struct plan in_cond = {
    .kind = SYNC_COND, .object = 0x100, .call = "cond", .place = here};
static const struct plan in_sem = {
    .kind = SYNC_SEMAPHORE, .object = 0x200, .call = "sem", .place = there};
static const struct plan in_sleep = {
    .kind = SYNC_SLEEP, .call = "sleep", .timed = true, .place = there};

static inline void begin(void)
{
    ck_assert_int_eq(csan__stack_init(64), 0);
    csan__options.max_blocked = 16;
    csan__options.blocked_after = 1000 * MS;
    csan__hang_facts = (struct hang_facts){.limit_ns = OPTION_OFF};
    csan__thread_second(); /* as the hook of pthread_create: else it waits for each that waits */
}

static inline uint64_t later(uint64_t ms)
{
    return csan__os_now_ns() + ms * MS;
}

static inline void posted_by(int tid, uintptr_t object, uint32_t stack)
{
    struct thread giver = {.tid = tid};
    struct sync_event e = {.kind = SYNC_EVENT_POSTED,
                           .thread = &giver,
                           .object = object,
                           .call = "sem_post",
                           .stack = stack};
    blocked->sync(&e);
}

static inline void posted(uintptr_t object, uint32_t stack)
{
    posted_by(4711, object, stack);
}

/* The verdict looks at the clock of the wall: nobody has waited for so long by that. */
#define FOR_LONG ((uint64_t)60000)

#endif
