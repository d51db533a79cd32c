/* The baseline: findings of an earlier run, which fail nothing in this one.
 *
 * A record of docs/formats.md, or several in one file (`csan baseline`, `csan merge`). Read without
 * a JSON library: the members at the top of each line, strings and brackets skipped whole. What
 * counts is the fingerprint of each finding of this program. Loaded once, before main; read in
 * verdicts (LOCK_SESSION). Needs os.h; used by session. */
#ifndef CSAN_REPORT_BASELINE_H
#define CSAN_REPORT_BASELINE_H

#include "report/report.h"

/* NULL: none. -errno: *why is one sentence, and nothing is loaded. */
int csan__baseline_load(const char *path, const char *program, struct text *why);
/* Marks those that it has, moves them behind the others, and returns how many they are. */
uint32_t csan__baseline_mark(struct report *r);
/* It has no run of this program: its name; NULL: all is well, or there is no baseline. */
const char *csan__baseline_of_another(void);
/* The text of one; for load, and for fuzz_baseline. */
int csan__baseline_read(const char *text, size_t length, const char *program, struct text *why);

void csan__baseline_forget(void); /* test seam */

#endif
