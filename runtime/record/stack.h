/* Call stacks: taken, kept once each, named by a 32-bit id (the depot).
 *
 *   hook → csan__stack_here(regs) → same words on the stack as last time? → id
 *                                   else unwind (rule table) → depot      → id
 *
 * Frames are return addresses, innermost first; frame 0 is the address in the hook's caller that
 * follows the call. A frame that was interrupted by a signal is kept as its pc + 1: of every frame
 * address - 1 lies in the instruction that is meant. Stacks whose kept frames are alike are one.
 * id 0: no stack known; ids are below 2^24. An id stays good for the life of the process and of its
 * forked children. Reading an id takes no lock. Thread- and signal-safe. Out of room: id 0, and the
 * thread's `degraded` counts. Needs base, record/module, record/thread; used by hook, detect,
 * report. */
#ifndef CSAN_RECORD_STACK_H
#define CSAN_RECORD_STACK_H

#include "base/base.h"
#include "record/unwind.h"

#define STACK_DEPTH_MAX UNWIND_DEPTH_MAX
#define STACK_ID_END (1u << 24)

struct stack_view {
    const uintptr_t *pcs; /* innermost first */
    uint32_t depth;
    uint32_t generation; /* of modules, when it was first seen: for csan__module_find_at */
    bool truncated;      /* unwinding stopped before the outermost frame */
};

int csan__stack_init(uint32_t depth_max); /* option stack_depth; 0 or -ENOMEM */
/* From now on every stack is walked with every register, and none is recognised: the slow and
 * simple version, as option stack_walk. By one thread. */
void csan__stack_walk_fully(bool fully);
CSAN_HOT uint32_t csan__stack_here(const struct regs *at); /* hot: fast walk + depot */
uint32_t csan__stack_keep(const uintptr_t *pcs, uint32_t depth, bool truncated); /* depot alone */
/* False for id 0 or an id that was never given. */
bool csan__stack_get(uint32_t id, struct stack_view *out);
uint32_t csan__stack_count(void);
uint32_t csan__stack_end(void); /* above every id there is */
bool csan__stack_is_valid(void);

#endif
