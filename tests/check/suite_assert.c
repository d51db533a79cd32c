/* Assertions over csan_stats: ck_assert_csan_…_le. */
#include <check.h>
#include <csan.h>
#include <stdlib.h>

static void *volatile kept;

static void use(size_t bytes)
{
    kept = malloc(bytes);
    free(kept);
}

START_TEST(within)
{
    csan_mark_t mark = csan_mark();
    use(100);
    use(200);
    ck_assert_csan_allocs_le(mark, 2);
    ck_assert_csan_bytes_le(mark, 300);
    ck_assert_csan_peak_le(mark, 200);
}
END_TEST

START_TEST(too_many)
{
    csan_mark_t mark = csan_mark();
    use(100);
    use(200);
    ck_assert_csan_allocs_le(mark, 5 % 4); /* allocations */
}
END_TEST

START_TEST(too_much)
{
    csan_mark_t mark = csan_mark();
    use(100);
    use(200);
    ck_assert_csan_bytes_le(mark, 299); /* bytes */
}
END_TEST

START_TEST(too_much_at_once)
{
    csan_mark_t mark = csan_mark();
    use(100);
    use(200);
    ck_assert_csan_peak_le(mark, 199); /* peak */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("assert");
    TCase *tc = tcase_create("stats");
    tcase_add_test(tc, within);
    tcase_add_test(tc, too_many);
    tcase_add_test(tc, too_much);
    tcase_add_test(tc, too_much_at_once);
    suite_add_tcase(s, tc);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_VERBOSE);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
