/* What a child begins with: its own account (what its parent held is not its leak), one thread,
 * free locks. Registered before the program's own handlers, so that ours run last before the fork
 * and first after it. */
#include "base/lock.h"
#include "detect/detector.h"
#include "record/block.h"
#include "record/colour.h"
#include "session/trap.h"
#include "session/framework.h"
#include "session/private.h"
#include "session/share.h"

#include <pthread.h>

void csan__session_before_fork(void)
{
    csan__framework_forking();
    csan__lock_take_all();
    csan__colour_forking();
    csan__family_forking();
}

static void become_child(void)
{
    csan__thread_forked();
    csan__sync_forked();
    csan__started_forked();
    csan__stop_forked();
    csan__family_forked();
    csan__session_new_process();
    csan__share_forked();
    csan__trap_forked();
    csan__out_begin();
    csan__profile_forked();
    csan__framework_forked();
    for (size_t i = 0; i < DETECTORS; i++)
        if (csan__detectors[i]->forked)
            csan__detectors[i]->forked();
    csan__dump_signal_forked();
    csan__watchdog_forked();
}

void csan__session_after_fork(bool in_child)
{
    csan__colour_forked(in_child);
    csan__lock_give_all();
    if (in_child)
        become_child();
}

static void in_parent(void)
{
    csan__session_after_fork(false);
}

static void in_child(void)
{
    csan__session_after_fork(true);
}

void csan__session_atfork_register(void)
{
    pthread_atfork(csan__session_before_fork, in_parent, in_child);
}
