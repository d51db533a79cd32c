/* The way into csan_share.h's functions: what share.c and share_uthash.c have in common.
 *
 * A signal handler may share and release while its thread is inside csan. Such calls wait in a
 * queue, in their order, until somebody is inside for another, or a verdict comes. */
#ifndef CSAN_SESSION_SHARE_H
#define CSAN_SESSION_SHARE_H

#include "base/options.h"
#include "detect/share_precise.h"
#include "session/session.h"

/* share_uthash.c. Programs refer to it weakly: from libcsan.a that alone would not take it. */
CSAN_API void csan_uthash_found(const void *entry);

extern uint32_t csan__share_waiting; /* calls in the queue */
void csan__share_catch_up(void);     /* inside */
void csan__share_forked(void);       /* in the child */
void csan__share_say_unmet(void);    /* precise has fallen back to cheap: on the log, once */

/* Out again. */
static CSAN_ALWAYS_INLINE void csan__share_leave(struct thread *t)
{
    if (CSAN_UNLIKELY(__atomic_load_n(&csan__precise_is_unmet, __ATOMIC_RELAXED)))
        csan__share_say_unmet();
    csan__session_leave(t);
}

/* Inside from here on; NULL: the call passes through. */
static CSAN_ALWAYS_INLINE struct thread *csan__share_enter(void)
{
    struct thread *t = csan__thread_get();
    if (CSAN_UNLIKELY(!t || csan__options.share == SHARE_OFF || !csan__session_is_armed()) ||
        !csan__session_enter(t))
        return NULL;
    if (CSAN_UNLIKELY(__atomic_load_n(&csan__share_waiting, __ATOMIC_RELAXED)))
        csan__share_catch_up();
    return t;
}

#endif
