/* Profiles compared: what each stack has more or less of, in two runs or two series of runs.
 *
 *     OLD: profiles ──▶ ┌ sort ── type ── stack ┬ samples[0]: its value in each profile
 *     NEW: profiles ──▶ └───────────────────────┴ samples[1]   (0 where it is not)
 *
 * A sort is a program's (and test's) heap, mutex, …: the file's name without its numbers; files
 * that are named one by one are one sort. A stack is its functions, so that lines may move. One
 * profile on each side: any other value differs. More: medians, and by Mann–Whitney's test
 * (rank.h). Needs pprof_read.h, rank.h; used by diff.c. */
#ifndef CSAN_TOOLS_PROFILE_DIFF_H
#define CSAN_TOOLS_PROFILE_DIFF_H

#include "tools/rank.h"

#include <stdio.h>

struct profile_diff;

/* NULL: no memory. */
struct profile_diff *csan__profile_diff_begin(void);
bool csan__profile_diff_is_profile(const char *path);
/* Adds a profile, or a folder's (none is no error), to side 0, the old one, or 1. 0 or VERB_DARK.
 */
int csan__profile_diff_add(struct profile_diff *d, const char *path, int side);
/* Prints what differs, the largest first, `top` stacks of each type (0: all). */
void csan__profile_diff_print(struct profile_diff *d, FILE *out, size_t top);
void csan__profile_diff_end(struct profile_diff *d);

#endif
