/* In a static program csan has no hooks of signals: what precise would need. */
#include "detect/share_precise.h"
#include "session/trap.h"

void csan__trap_start(void)
{
    csan__precise_refuse("the program is linked statically");
}

void csan__trap_thread_began(struct thread *t, bool is_blocked)
{
    (void)t;
    (void)is_blocked;
}

void csan__trap_forked(void)
{
}
