/* The way into csan and out of it: one recursion guard, in the thread record.
 *
 * enter() gives this thread's record, or NULL when the call must pass straight through: csan itself
 * is calling, or there is no memory for a record. Between enter and leave the thread cannot be
 * stopped; on its way out it stands still when the world is to stop. Nothing that may block, and
 * none of the program's code, runs in between. */
#ifndef CSAN_HOOK_GUARD_H
#define CSAN_HOOK_GUARD_H

#include "hook/real.h"
#include "record/thread.h"
#include "session/session.h"

CSAN_COLD struct thread *csan__guard_first_enter(void);

static CSAN_ALWAYS_INLINE struct thread *enter(void)
{
    struct thread *t = csan__thread_self;
    if (CSAN_UNLIKELY(!t) && !(t = csan__guard_first_enter()))
        return NULL;
    return csan__session_enter(t) ? t : NULL;
}

static CSAN_ALWAYS_INLINE void leave(struct thread *t)
{
    csan__session_leave(t);
}

/* The real call, out of a frame that has the program's callee-saved registers: for a thread whose
 * sleep is told (csan__sync_wait_begin). In a function of its own where the hook is hot. */
#define SLEEP_IN(call)                                                                             \
    __extension__({                                                                                \
        __builtin_unwind_init();                                                                   \
        __typeof__(call) slept_result = (call);                                                    \
        __asm__ volatile("" : "+r"(slept_result)); /* no jump: the frame stays */                  \
        slept_result;                                                                              \
    })

#endif
