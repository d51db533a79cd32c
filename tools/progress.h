/* How far long work has come: one line on stderr, when that is a terminal, and never otherwise.
 *
 * It appears when the work has taken PROGRESS_PATIENCE_MS, changes ten times a second at most, and
 * is gone when the work is done: what stays on the screen is what was said. Needs nothing; used by
 * symbolize.c and record.c. */
#ifndef CSAN_TOOLS_PROGRESS_H
#define CSAN_TOOLS_PROGRESS_H

#include "base/base.h"

#define PROGRESS_PATIENCE_MS 500

/* "csan: WHAT: DONE of ALL"; the first call starts the clock. */
void csan__progress(const char *what, size_t done, size_t all);
/* Takes the line away; whoever says something calls it first. */
void csan__progress_clear(void);
/* The work is done. */
void csan__progress_end(void);

#endif
