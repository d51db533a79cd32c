#include "record/ranges.h"
#include "base/sort.h"

static int compare(const void *a, const void *b)
{
    uintptr_t lo = ((const struct range *)a)->lo, other = ((const struct range *)b)->lo;
    return (lo > other) - (lo < other);
}

bool csan__ranges_ascend(const struct range *at, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (at[i].lo < at[i - 1].lo)
            return false;
    return true;
}

void csan__ranges_sort(struct range *at, size_t n)
{
    if (!csan__ranges_ascend(at, n))
        csan__sort(at, n, sizeof *at, compare);
}

size_t csan__ranges_merge(struct range *at, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (at[i].lo >= at[i].hi)
            continue;
        if (kept && at[i].lo <= at[kept - 1].hi) {
            if (at[i].hi > at[kept - 1].hi)
                at[kept - 1].hi = at[i].hi;
            continue;
        }
        at[kept++] = at[i];
    }
    return kept;
}

size_t csan__ranges_below(const struct range *at, size_t n, uintptr_t addr)
{
    size_t lo = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (at[lo + half].lo <= addr) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}
