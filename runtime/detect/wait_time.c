#include "detect/wait_time.h"
#include "base/os.h"
#include "record/task.h"

#define PENDING (1u << 12)

/* A wait that goes on: what is known of the time in which nobody could help it. */
struct pending {
    int tid;
    int holder; /* 0: not sampled yet */
    uint32_t is_told;
    uint64_t began_ns;
    uint64_t own_base;    /* of the waiter when it was first sampled */
    uint64_t holder_base; /* of the holder when it was last sampled */
    uint64_t holder_off;  /* so far */
    uint64_t seen; /* the last holder of whom it is known where it took the lock: tid, stack */
};

static struct pending pending[PENDING];

static struct pending *pending_of(int tid)
{
    return &pending[(uint32_t)tid & (PENDING - 1)];
}

/* From now on, or since the last sample of the same holder. */
static void sample(struct pending *p, int tid, int holder)
{
    uint64_t off = csan__task_queued_ns(holder);
    if (p->holder == holder) {
        p->holder_off += off - p->holder_base;
    } else if (!p->holder) {
        p->own_base = csan__task_queued_ns(tid);
    }
    p->holder_base = off;
    __atomic_store_n(&p->holder, holder, __ATOMIC_RELEASE);
}

void csan__wait_time_begin(const struct sync_event *e, bool closely)
{
    struct pending *p = pending_of(e->thread->tid);
    *p = (struct pending){.tid = e->thread->tid, .began_ns = csan__os_now_ns()};
    if (closely && e->holder_tid)
        sample(p, e->thread->tid, e->holder_tid);
}

void csan__wait_time_sample(int tid, int holder, uint32_t stack)
{
    struct pending *p = pending_of(tid);
    if (p->tid != tid)
        return;
    if (stack)
        __atomic_store_n(&p->seen, (uint64_t)holder << 32 | stack, __ATOMIC_RELAXED);
    sample(p, tid, holder);
}

void csan__wait_time_settle(int tid, uint64_t wait_ns, struct longest_wait *out)
{
    struct pending *p = pending_of(tid);
    out->ns = wait_ns;
    int holder = __atomic_load_n(&p->holder, __ATOMIC_ACQUIRE);
    if (p->tid != tid || !holder || wait_ns < WAIT_TIME_FEEL_NS / 200)
        return;
    uint64_t seen = __atomic_load_n(&p->seen, __ATOMIC_RELAXED);
    out->holder_tid = (int)(seen >> 32);
    out->holder_stack = (uint32_t)seen;
    uint64_t now = csan__task_queued_ns(holder);
    out->holder_off_ns = p->holder_off + (now > p->holder_base ? now - p->holder_base : 0);
    out->own_off_ns = csan__task_queued_ns(tid) - p->own_base;
    uint64_t off = out->holder_off_ns + out->own_off_ns;
    out->ns = off < wait_ns ? wait_ns - off : 0;
}

void csan__wait_time_tell(int tid)
{
    __atomic_store_n(&pending_of(tid)->is_told, 1, __ATOMIC_RELAXED);
}

bool csan__wait_time_was_told(int tid)
{
    const struct pending *p = pending_of(tid);
    return p->tid == tid && __atomic_load_n(&p->is_told, __ATOMIC_RELAXED);
}
