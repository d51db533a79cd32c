/* Do two samples differ? The Mann–Whitney U test, and the median.
 *
 * Exact up to RANK_EXACT values in all, ties included: every way to share the ranks is counted.
 * Above it the normal approximation, corrected for ties and continuity. After Mann and Whitney, "On
 * a Test of Whether one of Two Random Variables is Stochastically Larger than the Other", Ann.
 * Math. Stat. 18 (1947). No state. Needs nothing; used by diff.c. */
#ifndef CSAN_TOOLS_RANK_H
#define CSAN_TOOLS_RANK_H

#include "base/base.h"

#define RANK_EXACT 50
#define RANK_UNLIKELY 0.05 /* a p value below it is no chance */

struct sample {
    uint64_t *at;
    size_t count;
};

/* The two-sided p value: how likely so large a difference is when there is none. 1 when a sample is
 * empty; -1: no memory. */
double csan__rank_p(const struct sample *a, const struct sample *b);
/* Sorts the sample. 0 when it is empty; of an even number the lower half's last and the upper
 * half's first, halved and rounded down. */
uint64_t csan__rank_median(struct sample *s);

#endif
