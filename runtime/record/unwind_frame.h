/* What the two walkers share: hashing, signal frames, code without call frame information.
 * Private to unwind_x86_64.c and unwind_full.c. */
#ifndef CSAN_RECORD_UNWIND_FRAME_H
#define CSAN_RECORD_UNWIND_FRAME_H

#include "record/peek.h"
#include "record/unwind.h"

#define UNWIND_PC_END ((uintptr_t)1 << 47) /* user space ends here */

struct walked {
    uintptr_t pc, sp, bp; /* pc: a return address, or an interrupted pc + 1 */
};

/* One multiplication a frame, off the walk's critical path. */
static CSAN_ALWAYS_INLINE uint64_t csan__unwind_hash_add(uint64_t hash, uintptr_t pc)
{
    return hash * 0x9e3779b97f4a7c15u + pc;
}

static CSAN_ALWAYS_INLINE uint64_t csan__unwind_hash_end(uint64_t hash)
{
    hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93u;
    return hash ^ hash >> 32;
}

/* Reads the registers that the kernel saved in the signal frame at sp (of __restore_rt). */
bool csan__unwind_signal_regs(struct peek *peek, uintptr_t sp, struct full_regs *out);
/* True when the bytes at pc are mov $__NR_rt_sigreturn, %rax; syscall. */
bool csan__unwind_is_restorer(uintptr_t pc);
/* pc lies in a module, or at least in memory. */
bool csan__unwind_is_code(uintptr_t pc);
/* pc is the first byte of a function, and no call is before it: the return address was put there by
 * hand, for a stack to begin with (makecontext). */
bool csan__unwind_is_entry(uintptr_t pc);
/* Through the frame pointer, where nothing better is known: 0, -ENOENT (rbp 0: the outermost
 * frame), -ENODATA (it is not one). */
int csan__unwind_by_frame_pointer(struct peek *peek, struct walked *w);
/* A walk may go up; and down only from a stack of another kind to the thread's own. */
bool csan__unwind_may_go(const struct peek *peek, uintptr_t from, uintptr_t to);

#endif
