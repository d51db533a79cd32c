/* One instruction of one thread, with the pages it stores to opened: trap.h. */
#include "base/os.h"
#include "record/colour.h"
#include "session/trap_private.h"

#define STEPS 256u /* threads that store at once */
#define TRAP_FLAG 0x100

static struct step steps[STEPS];

struct step *csan__trap_step_of(int tid)
{
    for (uint32_t i = 0; i < STEPS; i++)
        if (__atomic_load_n(&steps[i].tid, __ATOMIC_RELAXED) == tid)
            return &steps[i];
    return NULL;
}

static struct step *find_unused(int tid)
{
    for (uint32_t i = 0; i < STEPS; i++) {
        int unused = 0;
        if (__atomic_compare_exchange_n(&steps[i].tid, &unused, tid, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            steps[i].nopened = 0;
            return &steps[i];
        }
    }
    return NULL;
}

void csan__trap_step_end(struct step *s, ucontext_t *uc)
{
    for (uint32_t i = 0; i < s->nopened; i++)
        csan__colour_close(s->opened[i]);
    memcpy(&uc->uc_sigmask, &s->mask, sizeof s->mask);
    uc->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
    __atomic_store_n(&s->tid, 0, __ATOMIC_RELEASE);
}

void csan__trap_step_open(struct step *s, uintptr_t addr)
{
    uintptr_t page = addr & ~(CSAN_PAGE - 1);
    csan__colour_open(page);
    for (uint32_t i = 0; i < s->nopened; i++)
        if (s->opened[i] == page)
            return;
    if (s->nopened < OPENED)
        s->opened[s->nopened++] = page;
}

static void set_step(struct step *s, ucontext_t *uc)
{
    uint64_t but = csan__trap_bit(SIGSEGV) | csan__trap_bit(SIGTRAP) | csan__trap_bit(SIGBUS) |
                   csan__trap_bit(SIGFPE) | csan__trap_bit(SIGILL),
             all = ~but;
    s->mask = csan__trap_mask_of(uc);
    memcpy(&uc->uc_sigmask, &all, sizeof all);
    uc->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

struct step *csan__trap_step_begin(int tid, uintptr_t addr, ucontext_t *uc)
{
    struct step *s = find_unused(tid);
    if (!s)
        return NULL;
    csan__trap_step_open(s, addr);
    set_step(s, uc);
    return s;
}

void csan__trap_steps_forked(void)
{
    for (uint32_t i = 0; i < STEPS; i++)
        steps[i].tid = 0;
}
