/* What a reader can do about a finding: mend it, raise the limit, or suppress it.
 *
 * No state. Needs report.h; used by text.c, jsonl.c. */
#ifndef CSAN_REPORT_ADVICE_H
#define CSAN_REPORT_ADVICE_H

#include "report/report.h"

/* One sentence, at most 90 columns: the finding's own, or its kind's. */
const char *csan__advice_try(const struct finding *f);
/* "CSAN_MAX_LEAK=2KiB": the setting that accepts this finding, or, where one limit counts all
 * findings together, all of the report's. Empty: there is none. */
void csan__advice_setting(const struct report *r, const struct finding *f, struct text *out);
/* "leak:row_new": the line of a suppression file that matches this finding. Empty: nothing is known
 * of its place. */
void csan__advice_suppression(const struct shown *s, struct text *out);

/* What f->amount counts: "bytes", "ns" or "number". */
const char *csan__advice_unit(const struct finding *f);
/* The limit, written as `set`, in that unit; false: it is no number. */
bool csan__advice_limit(const struct finding *f, const char *set, uint64_t *value);

#endif
