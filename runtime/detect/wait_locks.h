/* All waits of a run, lock by lock, for its record: what detect/wait judges is a part of them.
 *
 * At the process's end, when nobody judges; threads that go on waiting are not in it. Needs
 * wait_site; used by session/out_locks. */
#ifndef CSAN_DETECT_WAIT_LOCKS_H
#define CSAN_DETECT_WAIT_LOCKS_H

#include "record/lock_waits.h"

/* Those waited for since that epoch, longest first, LOCK_WAITS_MAX at most: *n of them in scratch.
 * 0 or -ENOMEM. */
int csan__wait_locks(uint32_t since, struct arena *scratch, struct lock_waits **out, uint32_t *n);

#endif
