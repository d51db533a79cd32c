#include "session/sleepers.h"
#include "base/arena.h"
#include "record/sync.h"
#include "record/task.h"
#include "session/resume.h"

/* Does it sleep in the call that its record tells of? Not in a handler that interrupted it, and not
 * later in another that no hook has seen, where a handler left the first one by siglongjmp: then
 * the place of the first one's return address has been used again. */
static bool sleeps_as_told(const struct slot *s, const struct full_regs *at)
{
    const struct sync *sync = s->record ? s->record->sync : NULL;
    if (!sync || sync->tid != s->tid || sync->wait.kind == SYNC_NONE ||
        __atomic_load_n(&s->record->inside, __ATOMIC_RELAXED) != THREAD_LET_SLEEP)
        return false;
    uintptr_t sp = sync->wait.sp, pc = sync->wait.pc;
    return s->call >= 0 && sp - at->r[7] <= RESUME_FRAMES_BYTES && sp % 8 == 0 &&
           ((const uintptr_t *)sp)[-1] == pc;
}

static void mark_record(const struct slot *s, uint32_t from, uint32_t to)
{
    struct thread *t = s->record;
    if (t)
        __atomic_compare_exchange_n(&t->inside, &from, to, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED);
}

/* Registers that the call does not use are on its stack. */
bool csan__sleepers_let(struct slot *s, struct arena *scratch)
{
    struct full_regs at;
    csan__slot_change(s, SLOT_FOUND, SLOT_ASLEEP);
    mark_record(s, 0, THREAD_LET_SLEEP);
    s->runs = s->record ? csan__task_runs(s->tid) : 0; /* first: who runs in between is found out */
    s->call = csan__task_call(s->tid, &at);
    s->call_pc = at.r[16];
    struct full_regs *kept = NULL;
    if (s->runs && sleeps_as_told(s, &at))
        kept = csan__arena_scratch_alloc(scratch, sizeof *kept);
    if (!kept) {
        csan__sleepers_end(s);
        return false;
    }
    *kept = at;
    s->asleep_at = kept;
    return true;
}

bool csan__sleepers_has_run(const struct slot *s)
{
    return csan__task_runs(s->tid) != s->runs;
}

void csan__sleepers_end(struct slot *s)
{
    mark_record(s, THREAD_LET_SLEEP, 0);
    s->runs = 0;
}
