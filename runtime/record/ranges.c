#include "record/ranges.h"

static void sift(struct range *at, size_t from, size_t n)
{
    struct range one = at[from];
    for (size_t child; (child = from * 2 + 1) < n; from = child) {
        if (child + 1 < n && at[child].lo < at[child + 1].lo)
            child++;
        if (one.lo >= at[child].lo)
            break;
        at[from] = at[child];
    }
    at[from] = one;
}

static bool is_sorted(const struct range *at, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (at[i].lo < at[i - 1].lo)
            return false;
    return true;
}

/* Heapsort: in place, no recursion, no worst case (libc's qsort allocates). */
void csan__ranges_sort(struct range *at, size_t n)
{
    if (is_sorted(at, n))
        return;
    for (size_t i = n / 2; i-- > 0;)
        sift(at, i, n);
    for (size_t end = n; end-- > 1;) {
        struct range top = at[0];
        at[0] = at[end];
        at[end] = top;
        sift(at, 0, end);
    }
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
