/* How much of a wait counts: the time that the lock was held by someone who could run.
 *
 * A wait on a busy machine is longer: the waiter is woken and not let in yet, or the holder itself
 * stands in the run queue. Both are in /proc/self/task/TID/schedstat (second field), and are taken
 * off. Reading it costs microseconds, so it is read where it can matter: by the watchdog's tick for
 * waits of WAIT_TIME_FEEL_NS and more, and at each wait's begin when a limit below that is set.
 *
 * One entry a thread, by a hash of its id: of two that share one, nothing is taken off. Its own
 * thread begins and settles, the watchdog samples. Needs load, record/sync; used by detect/wait and
 * wait_view. */
#ifndef CSAN_DETECT_WAIT_TIME_H
#define CSAN_DETECT_WAIT_TIME_H

#include "detect/wait_site.h"

#define WAIT_TIME_FEEL_NS ((uint64_t)200000000u)

/* A wait begins. closely: its holder is looked at right away. */
void csan__wait_time_begin(const struct sync_event *e, bool closely);
/* This thread waits, and that one holds the lock now, which it took at this stack (0: unknown). */
void csan__wait_time_sample(int tid, int holder, uint32_t stack);
/* Of a wait that has come so far: sets ns, holder_off_ns and own_off_ns, and the holder that was
 * sampled last, if any. */
void csan__wait_time_settle(int tid, uint64_t wait_ns, struct longest_wait *out);
/* It is in a report while it goes on. */
void csan__wait_time_tell(int tid);
bool csan__wait_time_was_told(int tid);

#endif
