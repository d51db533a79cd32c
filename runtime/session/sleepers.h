/* Threads that are let sleep while the world is stopped: those asleep in a call that a hook passed
 * on. All that such a one has is on its stack (hook/guard.h, SLEEP_IN); should it wake, it stands
 * still at the next hook it enters, as its record says (THREAD_LET_SLEEP).
 *
 * A signal handler of the program's may run on it, up to that hook, and move pointers about: so the
 * kernel is asked how often it has run, before and after. Called by the judge, while the world is
 * stopped. Needs slots.h, record/task, record/sync; used by stop.c. */
#ifndef CSAN_SESSION_SLEEPERS_H
#define CSAN_SESSION_SLEEPERS_H

#include "session/slots.h"

struct arena;

/* True: it is ASLEEP, and until the judge is done it has run no more often than now, or has_run
 * tells; what it gave the kernel is in scratch. False: it is to be asked. */
bool csan__sleepers_let(struct slot *s, struct arena *scratch);
bool csan__sleepers_has_run(const struct slot *s);
/* It is to stand still at no hook any more, unless it is asked. */
void csan__sleepers_end(struct slot *s);

#endif
