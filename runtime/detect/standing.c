#include "detect/standing.h"
#include "record/stack.h"
#include "record/unwind.h"

#include <ucontext.h>

/* By DWARF number. */
static const int places[17] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                               REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                               REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};

/* What is saved is a signal's frame, which begins with the context, or struct full_regs. */
uint32_t csan__standing_stack(const struct stopped_thread *t)
{
    uintptr_t pcs[STACK_DEPTH_MAX];
    struct full_regs r;
    bool in_signal = t->saved.hi - t->saved.lo > sizeof r;
    if (t->is_judge || t->saved.hi == 0)
        return 0;
    if (in_signal) {
        const ucontext_t *uc = (const ucontext_t *)t->saved.lo;
        for (int i = 0; i < 17; i++)
            r.r[i] = (uintptr_t)uc->uc_mcontext.gregs[places[i]];
    } else {
        r = *(const struct full_regs *)t->saved.lo;
    }
    struct stack_bounds in = {t->stack.lo, t->stack.hi};
    struct walk w = csan__unwind_full(&r, in_signal, &in, pcs, STACK_DEPTH_MAX);
    return w.depth ? csan__stack_keep(pcs, w.depth, w.truncated) : 0;
}
