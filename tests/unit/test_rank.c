/* tools/rank: p values of Mann and Whitney's test, against tables. */
#include "tools/rank.c"
#include "tests/unit/suite.h"

static double p_of(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b)
{
    struct sample one = {(uint64_t *)(uintptr_t)a, n_a}, other = {(uint64_t *)(uintptr_t)b, n_b};
    double p = csan__rank_p(&one, &other);
    ck_assert_double_eq_tol(p, csan__rank_p(&other, &one), 1e-12);
    return p;
}

START_TEST(small_samples_have_the_p_values_of_the_table)
{
    const uint64_t low[] = {1, 2, 3, 4, 5}, high[] = {11, 12, 13, 14, 15};
    const uint64_t mixed_a[] = {1, 2, 3, 4, 7}, mixed_b[] = {5, 6, 8, 9, 10};
    ck_assert_double_eq_tol(p_of(low, 3, high, 3), 2.0 / 20, 1e-12);
    ck_assert_double_eq_tol(p_of(low, 4, high, 4), 2.0 / 70, 1e-12);
    ck_assert_double_eq_tol(p_of(low, 5, high, 5), 2.0 / 252, 1e-12);
    ck_assert_double_eq_tol(p_of(mixed_a, 5, mixed_b, 5), 8.0 / 252, 1e-12); /* U = 2 */
}
END_TEST

START_TEST(the_example_of_hollander_and_wolfe)
{
    const uint64_t a[] = {80, 83, 189, 104, 145, 138, 191, 164, 73, 146};
    const uint64_t b[] = {115, 88, 90, 74, 121};
    ck_assert_double_eq_tol(p_of(a, 10, b, 5), 2 * 0.1272, 1e-4);
}
END_TEST

START_TEST(ties_are_counted_exactly)
{
    const uint64_t same[] = {7, 7, 7, 7}, zeros[] = {0, 0, 0}, ones[] = {1, 1, 1};
    ck_assert_double_eq_tol(p_of(same, 4, same, 4), 1, 1e-12);
    ck_assert_double_eq_tol(p_of(zeros, 3, ones, 3), 0.1, 1e-12);
    ck_assert_double_eq_tol(p_of(zeros, 0, ones, 3), 1, 1e-12);
}
END_TEST

START_TEST(large_samples_are_nearly_normal)
{
    uint64_t a[40], b[40];
    for (size_t i = 0; i < 40; i++) {
        a[i] = 2 * i;
        b[i] = 2 * i + 9;
    }
    double near = p_of(a, 25, b, 25), far = p_of(a, 40, b, 40);
    ck_assert_double_eq_tol(near, 0.0478, 0.003);
    ck_assert_double_eq_tol(far, 0.1029, 0.0002);
    ck_assert_double_eq_tol(p_of(a, 25, b, 26), near, 0.02); /* exact beside the approximation */
}
END_TEST

START_TEST(the_median_of_an_even_number_is_between)
{
    uint64_t odd[] = {9, 1, 5}, even[] = {8, 2, 4, 100};
    struct sample three = {odd, 3}, four = {even, 4}, none = {NULL, 0};
    ck_assert_uint_eq(csan__rank_median(&three), 5);
    ck_assert_uint_eq(csan__rank_median(&four), 6);
    ck_assert_uint_eq(csan__rank_median(&none), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rank");
    TCase *t = tcase_create("rank");
    tcase_add_test(t, small_samples_have_the_p_values_of_the_table);
    tcase_add_test(t, the_example_of_hollander_and_wolfe);
    tcase_add_test(t, ties_are_counted_exactly);
    tcase_add_test(t, large_samples_are_nearly_normal);
    tcase_add_test(t, the_median_of_an_even_number_is_between);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
