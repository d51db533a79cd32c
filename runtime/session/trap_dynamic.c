#include "base/options.h"
#include "base/os.h"
#include "record/colour.h"
#include "record/module.h"
#include "record/stack.h"
#include "session/private.h"
#include "session/string_store.h"
#include "session/surroundings.h"
#include "session/trap_private.h"

#include <errno.h>
#include <string.h>

#define STACKS 16u
#define STACK_BYTES ((size_t)64 << 10)
#define PATIENCE 10000u /* faults of one instruction at one place in a row: then it is no race */
#define IS_STORE 2      /* in the error code of a page fault */

static struct {
    char *room;
    uint32_t taken[STACKS];
} stacks;

/* memset is one place, however many instructions it stores with. */
static void merge(const struct full_regs *at, const struct stack_bounds *in, uintptr_t *pcs)
{
    const struct module *m = csan__module_find_live(at->r[16]);
    struct full_regs r = *at;
    bool exact = true;
    uintptr_t start = 0;
    if (m && m == csan__module_find_live(csan__surroundings_exit()) &&
        csan__unwind_step(&r, &exact, in, &start) == 0 && start)
        pcs[0] = start + 1;
}

static uint32_t stack_of(const ucontext_t *uc, const struct thread *t)
{
    uintptr_t pcs[UNWIND_DEPTH_MAX];
    struct full_regs at;
    struct stack_bounds in = {t->stack_lo, t->stack_hi};
    csan__unwind_of_signal(uc, &at);
    if (at.r[7] - in.lo >= in.hi - in.lo)
        in = (struct stack_bounds){0, 0};
    uint32_t most = (uint32_t)csan__options.stack_depth;
    struct walk w = csan__unwind_full(&at, true, &in, pcs, most);
    merge(&at, &in, pcs);
    return w.depth ? csan__stack_keep(pcs, w.depth, w.truncated) : 0;
}

/* A test that runs in its runner's process fails at its end. */
static void tell(const struct thread *t, const struct share_store *store, const ucontext_t *uc)
{
    struct full_regs at;
    uint64_t mask = csan__trap_mask_of(uc);
    csan__precise_stored(store);
    if (csan__options.on_mutation != ON_MUTATION_STOP || t->inside > 1)
        return;
    csan__unwind_of_signal(uc, &at);
    csan__session_stop_at(&at, &mask);
}

void csan__trap_tell(const struct share_store *store)
{
    struct full_regs at;
    csan__precise_stored(store);
    csan__unwind_here(&at);
    if (csan__options.on_mutation == ON_MUTATION_STOP)
        csan__session_stop_at(&at, NULL);
}

static bool is_again_and_again(const ucontext_t *uc, uintptr_t addr, int tid)
{
    static struct {
        uintptr_t pc, addr;
        uint32_t times;
        int tid;
    } last;
    uintptr_t pc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
    if (last.pc != pc || last.addr != addr || last.tid != tid) {
        last.pc = pc;
        last.addr = addr;
        last.tid = tid;
        last.times = 0;
    }
    return ++last.times > PATIENCE;
}

/* True: the instruction goes on. */
static bool handle(struct thread *t, ucontext_t *uc, uintptr_t addr)
{
    bool is_store = uc->uc_mcontext.gregs[REG_ERR] & IS_STORE;
    struct step *s = csan__trap_step_of(t->tid);
    struct share_call c = {.self = t, .stack = s ? s->store.stack : stack_of(uc, t)};
    struct share_store store;
    enum share_access what = csan__precise_access(&c, addr, is_store, &store);
    if (what == ACCESS_NOT_OURS)
        return false;
    if (what == ACCESS_AGAIN)
        return !is_again_and_again(uc, addr, t->tid);
    if (s) { /* another page of the same instruction */
        csan__trap_step_open(s, addr);
        return true;
    }
    if (csan__string_store_do(uc)) {
        if (what == ACCESS_STEP)
            tell(t, &store, uc);
        return true;
    }
    s = csan__trap_step_begin(t->tid, addr, uc);
    if (!s) {
        csan__colour_open(addr & ~(CSAN_PAGE - 1)); /* too many at once: it stays open */
        return true;
    }
    s->is_told = what == ACCESS_STEP;
    s->store = store;
    return true;
}

/* What is to be done, on a stack of csan's: the program's alternate one may be small. */
struct work {
    struct thread *t;
    ucontext_t *uc;
    uintptr_t addr;            /* of a fault */
    struct share_store *store; /* of a step that has ended; NULL: a fault */
    bool done;
};

static void do_work(void *arg)
{
    struct work *w = arg;
    if (w->store)
        tell(w->t, w->store, w->uc);
    else
        w->done = handle(w->t, w->uc, w->addr);
}

static void work_apart(struct work *w)
{
    uint32_t i = 0, unused = 0;
    while (i < STACKS && !__atomic_compare_exchange_n(&stacks.taken[i], &unused, 1, false,
                                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        unused = 0;
        i++;
    }
    csan__session_deeper(w->t);
    if (i < STACKS && stacks.room) {
        csan__os_call_on_stack(stacks.room + (i + 1) * STACK_BYTES, do_work, w);
        __atomic_store_n(&stacks.taken[i], 0, __ATOMIC_RELEASE);
    } else {
        do_work(w);
    }
    csan__session_up(w->t);
}

static bool on_segv(const siginfo_t *info, ucontext_t *uc)
{
    struct work w = {.t = csan__thread_get(), .uc = uc, .addr = (uintptr_t)info->si_addr};
    if (!w.t)
        return false;
    if (info->si_code > 0 && csan__colour_holds(w.addr))
        work_apart(&w);
    struct step *s = w.done ? NULL : csan__trap_step_of(w.t->tid);
    if (s)
        csan__trap_step_end(s, uc); /* it does something else that is wrong, too */
    return w.done;
}

static bool on_trap(ucontext_t *uc)
{
    struct work w = {.t = csan__thread_get(), .uc = uc};
    struct step *s = w.t ? csan__trap_step_of(w.t->tid) : NULL;
    if (!s)
        return false;
    struct share_store store = s->store;
    bool is_told = s->is_told;
    csan__trap_step_end(s, uc);
    w.store = &store;
    if (is_told)
        work_apart(&w);
    return true;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    if (sig == SIGSEGV ? on_segv(info, context) : on_trap(context))
        return;
    csan__trap_pass_on(sig, info, context);
}

void csan__trap_start(void)
{
    if (csan__options.share != SHARE_PRECISE)
        return;
    stacks.room = csan__os_map(STACKS * STACK_BYTES);
    csan__trap_program_start(on_fault);
}

void csan__trap_forked(void)
{
    csan__trap_steps_forked();
    memset(stacks.taken, 0, sizeof stacks.taken);
}
