/* What the files of trap.h have in common, and nobody else.
 *
 *   trap_dynamic.c ─▶ trap_step_dynamic.c     a store of this thread's is let happen
 *                  ─▶ trap_program_dynamic.c  it is the program's own
 *
 * Called in handlers of signals, on the thread itself. */
#ifndef CSAN_SESSION_TRAP_PRIVATE_H
#define CSAN_SESSION_TRAP_PRIVATE_H

#include "detect/share_precise.h"
#include "session/trap.h"

#include <string.h>
#include <ucontext.h>

static inline uint64_t csan__trap_bit(int sig)
{
    return (uint64_t)1 << (sig - 1);
}

static inline uint64_t csan__trap_mask_of(const ucontext_t *uc)
{
    uint64_t mask;
    memcpy(&mask, &uc->uc_sigmask, sizeof mask);
    return mask;
}

/* ---- the program's side */

/* on_fault is in the kernel from here on, for both signals. */
void csan__trap_program_start(void (*on_fault)(int, siginfo_t *, void *));
/* The program's own fault, or a signal that somebody sent: what the kernel would have done. */
void csan__trap_pass_on(int sig, siginfo_t *info, void *context);

/* ---- steps: a thread that is about to do one instruction */

#define OPENED 24u /* pages of one instruction: a scatter stores to 16 places */

struct step {
    int tid; /* 0: unused */
    bool is_told;
    uint32_t nopened;
    uint64_t mask; /* of the thread, before */
    uintptr_t opened[OPENED];
    struct share_store store;
};

struct step *csan__trap_step_of(int tid);
/* From here on this thread does one instruction, undisturbed, that may store to that page. NULL:
 * too many do. */
struct step *csan__trap_step_begin(int tid, uintptr_t addr, ucontext_t *uc);
/* Another page of the same instruction. */
void csan__trap_step_open(struct step *s, uintptr_t addr);
/* Every page of the instruction is read-only again. */
void csan__trap_step_end(struct step *s, ucontext_t *uc);
void csan__trap_steps_forked(void);

#endif
