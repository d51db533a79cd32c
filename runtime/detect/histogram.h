/* How long: a histogram of durations with percentiles that are off by 1 % at most.
 *
 * Log-linear: each octave is cut in four, and each quarter into as many equal buckets as keep a
 * bucket's half width within 1 % of its lower end:
 *
 *     octave  |──── 13 ────|─── 10 ───|── 9 ──|─ 8 ─|      40 buckets, 25 octaves
 *           2^k          1.25        1.5    1.75  2^(k+1)
 *
 * From 1,024 ns to 34 s; what is shorter counts as 1 us, and of what is longer the longest is
 * known. Less than a page, in the owner's memory, zeroed to begin with. Any thread may add, without
 * a lock; who reads meanwhile sees a moment. (HdrHistogram by Gil Tene is the idea's source.)
 * Needs base, record/finding; used by detect/wait, detect/hold. */
#ifndef CSAN_DETECT_HISTOGRAM_H
#define CSAN_DETECT_HISTOGRAM_H

#include "record/finding.h"

#define HISTOGRAM_OCTAVE 40u
#define HISTOGRAM_BUCKETS (25u * HISTOGRAM_OCTAVE)

struct histogram {
    uint64_t count, sum, max; /* of all values, ns */
    uint32_t buckets[HISTOGRAM_BUCKETS];
};
_Static_assert(sizeof(struct histogram) <= 4096, "at most 4 KiB a site");

CSAN_HOT void csan__histogram_add(struct histogram *h, uint64_t ns);
/* Adds what `from` holds. */
void csan__histogram_merge(struct histogram *h, const struct histogram *from);
/* The value that `percent` of all values do not exceed; 0 when there are none. */
uint64_t csan__histogram_at(const struct histogram *h, unsigned percent);
/* Its figures as f's, by quarters of an octave: 100 buckets at most. 0 or -ENOMEM. */
int csan__histogram_tell(const struct histogram *h, struct arena *scratch, struct finding *f);
/* The buckets add up to count. For tests, while nobody adds. */
bool csan__histogram_is_valid(const struct histogram *h);

#endif
