/* What the watchdog tells detect/hang.c before each tick: facts of the session's and the kernel's.
 * Needs base; written by session/watchdog.c under LOCK_TICK. */
#ifndef CSAN_DETECT_HANG_H
#define CSAN_DETECT_HANG_H

#include "base/base.h"

struct hang_facts {
    uint64_t cpu_ns;   /* that the program's threads have used; the watchdog's own is not in it */
    uint64_t limit_ns; /* hang_after when it is a duration; OPTION_OFF: none */
    uint64_t time_out_ns; /* the test's, when hang_after is auto; 0: none */
    uint64_t born_ns;     /* when the test's process began */
};
extern struct hang_facts csan__hang_facts;

#endif
