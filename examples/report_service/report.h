/* Reports, by the range of rows that they are of; the newest few are kept. What reports_find()
 * hands out is the cache's own: it is read, or copied, and then given to reports_done(). A report
 * that is dropped stays for those who have it. Any thread may call any of these.
 *
 * What is kept and what is lent is said to csan (csan_share.h); without csan that does nothing. */
#ifndef REPORT_H
#define REPORT_H

#include "totals.h"

struct reports;
struct report {
    struct kept_report *kept; /* NULL: there is none */
    struct totals totals;
};

struct reports *reports_create(unsigned limit);
void reports_destroy(struct reports *reports);
/* Takes the totals. */
void reports_keep(struct reports *reports, int first, int last, struct totals totals);
struct report reports_find(struct reports *reports, int first, int last);
void reports_done(struct reports *reports, struct report report);
/* No report that has this row is true any more. */
void reports_drop(struct reports *reports, int id);

#endif
