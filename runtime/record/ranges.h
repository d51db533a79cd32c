/* Lists of address ranges: sorted, and made disjoint. No state; works in place, in n log n.
 * Needs world.h (struct range); used by record/large, detect/roots. */
#ifndef CSAN_RECORD_RANGES_H
#define CSAN_RECORD_RANGES_H

#include "record/world.h"

/* By lo, ascending. */
void csan__ranges_sort(struct range *at, size_t n);
/* Are they? */
bool csan__ranges_ascend(const struct range *at, size_t n);
/* Of a sorted list: ranges that overlap or touch become one, empty ones go; how many are left. */
size_t csan__ranges_merge(struct range *at, size_t n);
/* Of a sorted list: how many begin at or below addr (the last of them may hold it). */
size_t csan__ranges_below(const struct range *at, size_t n, uintptr_t addr);

#endif
