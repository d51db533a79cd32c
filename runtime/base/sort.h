/* Sorting in place without memory: libc's qsort calls malloc for large arrays.
 *
 * Heapsort (J. W. J. Williams, CACM 7 (1964) 347): no recursion, no worst case, not stable. Inline,
 * so that the size and the comparison are known where it is used. compare is qsort's: below, at or
 * above 0. Where there is room for a second array, numbers are sorted digit by digit from the
 * lowest on (Knuth, TAOCP 3, 5.2.5, algorithm R): stable, a quarter of the time. No state. Needs
 * nothing; used by record/ranges and report. */
#ifndef CSAN_BASE_SORT_H
#define CSAN_BASE_SORT_H

#include "base/base.h"

#include <string.h>

#define SORT_BYTES_MAX 96 /* of an element */

typedef int sort_compare(const void *a, const void *b);

static CSAN_ALWAYS_INLINE void csan__sort_sift(char *a, size_t from, size_t n, size_t bytes,
                                               sort_compare *compare)
{
    _Alignas(16) char v[SORT_BYTES_MAX];
    memcpy(v, a + from * bytes, bytes);
    for (size_t child; (child = from * 2 + 1) < n; from = child) {
        if (child + 1 < n && compare(a + child * bytes, a + (child + 1) * bytes) < 0)
            child++;
        if (compare(a + child * bytes, v) <= 0)
            break;
        memcpy(a + from * bytes, a + child * bytes, bytes);
    }
    memcpy(a + from * bytes, v, bytes);
}

/* n elements of so many bytes each, SORT_BYTES_MAX at most. */
static CSAN_ALWAYS_INLINE void csan__sort(void *array, size_t n, size_t bytes,
                                          sort_compare *compare)
{
    char *a = array;
    char largest[SORT_BYTES_MAX];
    for (size_t i = n / 2; i-- > 0;)
        csan__sort_sift(a, i, n, bytes, compare);
    for (size_t end = n; end-- > 1;) {
        memcpy(largest, a, bytes);
        memcpy(a, a + end * bytes, bytes);
        memcpy(a + end * bytes, largest, bytes);
        csan__sort_sift(a, 0, end, bytes, compare);
    }
}

#define SORT_DIGIT 11u

/* By the number in the first eight bytes of each, ascending: the one of both that has the result.
 */
static CSAN_ALWAYS_INLINE void *csan__sort_by_number(void *array, void *room, size_t n,
                                                     size_t bytes)
{
    uint64_t least = UINT64_MAX, most = 0, number;
    char *from = array, *to = room;
    for (size_t i = 0; i < n; i++) {
        memcpy(&number, from + i * bytes, sizeof number);
        least = number < least ? number : least;
        most = number > most ? number : most;
    }
    for (unsigned shift = 0; n && shift < 64 && (most - least) >> shift; shift += SORT_DIGIT) {
        size_t at[1u << SORT_DIGIT] = {0}, sum = 0;
        for (size_t i = 0; i < n; i++) {
            memcpy(&number, from + i * bytes, sizeof number);
            at[(number - least) >> shift & (CSAN_COUNT(at) - 1)]++;
        }
        for (size_t d = 0; d < CSAN_COUNT(at); d++) {
            size_t here = at[d];
            at[d] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n; i++) {
            memcpy(&number, from + i * bytes, sizeof number);
            memcpy(to + at[(number - least) >> shift & (CSAN_COUNT(at) - 1)]++ * bytes,
                   from + i * bytes, bytes);
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

#endif
