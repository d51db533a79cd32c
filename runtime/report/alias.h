/* Addresses that findings speak of, by the names of the variables that lie there:
 *
 *     2 threads wait for each other: mutex 0x5580..a0, mutex 0x5580..e0
 *     2 threads wait for each other: mutex `index.lock`, mutex `cache.lock`
 *
 * Of findings about locks, in what they say, their note and their parties' labels. What lies in no
 * module's data, or has no debug information, stays an address. The program's own names
 * (csan_name) are there before, and stay. One verdict at a time (LOCK_SESSION); new texts are from
 * the scratch arena. Needs ask.h, record/finding; used by session/judge. */
#ifndef CSAN_REPORT_ALIAS_H
#define CSAN_REPORT_ALIAS_H

#include "base/arena.h"
#include "record/finding.h"

void csan__alias_name_all(struct arena *scratch, struct finding *first);

#endif
