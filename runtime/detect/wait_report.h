/* How a finding speaks of waits: how many and how long, who held the lock, of how many takings,
 * what would help, and how busy the machine was.
 *
 * In the scratch arena of the verdict. Needs wait_view, remedy, lock_name; used by detect/wait. */
#ifndef CSAN_DETECT_WAIT_REPORT_H
#define CSAN_DETECT_WAIT_REPORT_H

#include "base/text.h"
#include "detect/wait_view.h"
#include "record/finding.h"

/* "a mutex", "rwlock `rows`, to read". several: not all of them were for the one at this site. */
void csan__wait_report_lock(struct text *out, const struct wait_site *s, bool several);
/* The finding whose first line is `what`: `amount` is more than `option` allows. 0 or -ENOMEM. */
int csan__wait_report_add(const struct wait_view *v, const struct wait_sum *sum, const char *option,
                          uint64_t amount, const struct text *what, struct findings *out);

#endif
