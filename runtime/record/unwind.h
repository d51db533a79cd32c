/* Unwinding: from a thread's registers to return addresses.
 *
 *   fast   a cache of rules pc → (CFA base, CFA offset, slot of the saved rbp), 8 bytes a rule,
 *          one cache line a look-up, filled from .eh_frame on first sight (cfi.c);
 *   full   the whole CFI machine with every callee-saved register, for what the packed rule cannot
 *          say, and as the slow and simple version that tests compare with.
 *
 * Frames are return addresses, so that address - 1 lies in the call that is in progress. A frame
 * that was interrupted by a signal is given as its pc + 1, to which the same applies: nobody needs
 * to know which is which.
 *
 * Reads of the stack are direct inside [lo, hi) of the thread's own stack and checked elsewhere
 * (alternate stacks, coroutines): odd stacks end the walk, they never crash it.
 * Thread- and signal-safe; takes no lock on a hit. */
#ifndef CSAN_RECORD_UNWIND_H
#define CSAN_RECORD_UNWIND_H

#include "base/base.h"

struct regs {
    uintptr_t pc; /* return address in the function that called the hook */
    uintptr_t sp; /* its stack pointer once the hook has returned */
    uintptr_t bp; /* its rbp */
};

/* All registers by DWARF number (0 rax … 6 rbp, 7 rsp … 15 r15, 16 pc). */
struct full_regs {
    uintptr_t r[17];
};

struct stack_bounds {
    uintptr_t lo, hi; /* where reads may be direct from sp upwards; 0,0: everything is checked */
};

struct walk {
    uint32_t depth;
    uint64_t hash;  /* of the frames */
    bool truncated; /* ended before the outermost frame, or at max */
};

/* Where on the stack a walk found what it read, in words above regs.sp: a walk from the same pc
 * that finds the same words there comes to the same frames. */
#define UNWIND_DEPTH_MAX 256
#define UNWIND_BP_ITSELF 0xffffu /* regs.bp, instead of a slot */
struct walk_link {
    uint16_t slot;  /* where an rbp that became a frame's base was saved */
    uint16_t value; /* it, in words above sp */
};
struct walk_shape {
    bool known;    /* all of it was on the thread's own stack and by fixed rules */
    uint16_t span; /* no slot is beyond */
    uint16_t nlinks;
    uint16_t *slots; /* caller's, max of them; slots[i]: where frame i's address is; i > 0 */
    struct walk_link *links; /* caller's, max of them */
};

/* The caller of the function that uses this macro, which must be compiled with a frame pointer
 * (hooks are: -fno-omit-frame-pointer). */
#define REGS_OF_CALLER()                                                                           \
    ((struct regs){.pc = (uintptr_t)__builtin_return_address(0),                                   \
                   .sp = (uintptr_t)__builtin_frame_address(0) + 16,                               \
                   .bp = *(uintptr_t *)__builtin_frame_address(0)})

/* pcs[0] is at->pc. max >= 1. Where the packed rules do not suffice the walk begins anew with every
 * register; then `at` must be of a function that is on the stack above this one. */
CSAN_HOT struct walk csan__unwind_fast(const struct regs *at, const struct stack_bounds *in,
                                       uintptr_t *pcs, uint32_t max);
/* The same, with every register from csan's own frames on, and no rule remembered. */
struct walk csan__unwind_fully(const struct regs *at, const struct stack_bounds *in, uintptr_t *pcs,
                               uint32_t max);
/* The same as fast, and the shape of it. */
struct walk csan__unwind_shape(const struct regs *at, const struct stack_bounds *in, uintptr_t *pcs,
                               uint32_t max, struct walk_shape *shape);
/* Walks with every register. pc_is_exact: at->r[16] was interrupted, it is no return address. */
struct walk csan__unwind_full(const struct full_regs *at, bool pc_is_exact,
                              const struct stack_bounds *in, uintptr_t *pcs, uint32_t max);
/* One frame up with every register: 0, -ENOENT at the outermost frame, -ENODATA where nothing is
 * known. *function_start (may be NULL) gets the start of the function that at->pc was in, 0 when it
 * is not known. */
int csan__unwind_step(struct full_regs *at, bool *pc_is_exact, const struct stack_bounds *in,
                      uintptr_t *function_start);
/* This very place, every callee-saved register as it is now: pc is the caller's next instruction.
 */
void csan__unwind_here(struct full_regs *out);
/* Where a signal interrupted a thread: ucontext is its handler's third argument. */
void csan__unwind_of_signal(const void *ucontext, struct full_regs *out);

/* A module has gone: forget what was learnt of [lo, hi). */
void csan__unwind_forget(uintptr_t lo, uintptr_t hi);
/* How many rules are cached for it. */
unsigned csan__unwind_count(uintptr_t lo, uintptr_t hi);
/* Every rule in the cache is of a known kind and in its own bucket. */
bool csan__unwind_is_valid(void);

#endif
