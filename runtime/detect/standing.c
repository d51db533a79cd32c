#include "detect/standing.h"
#include "record/stack.h"

uint32_t csan__standing_at(const struct full_regs *at, bool exact, struct range stack)
{
    uintptr_t pcs[STACK_DEPTH_MAX];
    struct stack_bounds in = {stack.lo, stack.hi};
    struct walk w = csan__unwind_full(at, exact, &in, pcs, STACK_DEPTH_MAX);
    return w.depth ? csan__stack_keep(pcs, w.depth, w.truncated) : 0;
}

bool csan__standing_waits(const struct stopped_thread *t, struct waiting *out)
{
    struct sync copy;
    if (t->is_judge || !t->record || !csan__sync_snapshot(t->record, &copy, NULL, 0))
        return false;
    *out = copy.wait;
    return copy.wait.kind != SYNC_NONE;
}

/* What is saved is a signal's frame, which begins with the context, or struct full_regs. */
uint32_t csan__standing_stack(const struct stopped_thread *t)
{
    struct full_regs r;
    bool in_signal = t->saved.hi - t->saved.lo > sizeof r;
    if (t->saved.hi == 0)
        return 0;
    if (in_signal)
        csan__unwind_of_signal((const void *)t->saved.lo, &r);
    else
        r = *(const struct full_regs *)t->saved.lo;
    return csan__standing_at(&r, in_signal, t->stack);
}
