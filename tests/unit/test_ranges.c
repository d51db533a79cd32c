/* record/ranges: against simple ways to do the same. */
#include "record/ranges.h"
#include "tests/unit/suite.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = 300, SPACE = 1000 };

static uint64_t random_state = 17;

static uintptr_t below(uintptr_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (uintptr_t)(random_state >> 33) % n;
}

static size_t fill(struct range *at, uintptr_t longest)
{
    size_t n = below(MAX);
    for (size_t i = 0; i < n; i++) {
        at[i].lo = below(SPACE);
        at[i].hi = at[i].lo + below(longest);
    }
    return n;
}

static int by_lo(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return (x->lo > y->lo) - (x->lo < y->lo);
}

START_TEST(ranges_are_sorted_by_their_beginning)
{
    struct range at[MAX], expected[MAX];
    for (int round = 0; round < 200; round++) {
        size_t n = fill(at, 50);
        uintptr_t sum = 0;
        memcpy(expected, at, sizeof at);
        qsort(expected, n, sizeof *expected, by_lo);
        csan__ranges_sort(at, n);
        for (size_t i = 0; i < n; i++) {
            ck_assert_uint_eq(at[i].lo, expected[i].lo);
            sum += at[i].hi * at[i].lo - expected[i].hi * expected[i].lo;
        }
        ck_assert_uint_eq(sum, 0);
    }
}
END_TEST

START_TEST(merged_ranges_cover_the_same_addresses_once)
{
    struct range at[MAX];
    for (int round = 0; round < 200; round++) {
        bool covered[SPACE + 60] = {false};
        size_t n = fill(at, round % 2 ? 4 : 50), i = 0;
        for (size_t k = 0; k < n; k++)
            memset(covered + at[k].lo, true, at[k].hi - at[k].lo);
        csan__ranges_sort(at, n);
        n = csan__ranges_merge(at, n);
        for (uintptr_t a = 0; a < sizeof covered; a++) {
            ck_assert_int_eq(covered[a], i < n && at[i].lo <= a);
            bool ends = i < n && at[i].hi == a + 1;
            i += ends;
            ck_assert(!ends || i == n || at[i].lo > a + 1); /* none touches the next */
        }
        ck_assert_uint_eq(i, n);
    }
}
END_TEST

START_TEST(the_ranges_that_begin_at_or_below_an_address_are_counted)
{
    struct range at[MAX];
    for (int round = 0; round < 200; round++) {
        size_t n = fill(at, 50);
        csan__ranges_sort(at, n);
        for (uintptr_t a = 0; a < SPACE; a++) {
            size_t count = 0;
            while (count < n && at[count].lo <= a)
                count++;
            ck_assert_uint_eq(csan__ranges_below(at, n, a), count);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ranges");
    TCase *t = tcase_create("ranges");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, ranges_are_sorted_by_their_beginning);
    tcase_add_test(t, merged_ranges_cover_the_same_addresses_once);
    tcase_add_test(t, the_ranges_that_begin_at_or_below_an_address_are_counted);
    suite_add_tcase(s, t);
    return suite_run(s);
}
