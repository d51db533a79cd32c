/* Tests that are repeated in one process: each run is a round of its own. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

static void *all[64], *ring[4], *of_fixture[64], *few[10], *never_freed[64], *of_two[64];
static int count, given, twice;

START_TEST(keeps_one_more_each_time)
{
    all[count++] = malloc(48); /* kept */
}
END_TEST

START_TEST(keeps_the_last_four)
{
    free(ring[_i % 4]);
    ring[_i % 4] = malloc(64);
}
END_TEST

START_TEST(gives_it_to_a_fixture_that_frees_it)
{
    of_fixture[given++] = malloc(80);
}
END_TEST

START_TEST(runs_ten_times)
{
    few[_i] = malloc(96);
}
END_TEST

START_TEST(is_added_twice)
{
    of_two[twice++] = malloc(112); /* of two */
}
END_TEST

START_TEST(gives_it_to_a_fixture_that_forgets_it)
{
    never_freed[_i] = malloc(128); /* forgotten */
}
END_TEST

static void nothing(void)
{
}

static void free_all(void)
{
    while (given)
        free(of_fixture[--given]);
}

int main(void)
{
    Suite *s = suite_create("rounds");
    TCase *tc = tcase_create("loops");
    bool is_bounded = getenv("SUITE_IS_BOUNDED") != NULL;
    if (!is_bounded) {
        tcase_add_loop_test(tc, keeps_one_more_each_time, 0, 20);
        tcase_add_loop_test(tc, is_added_twice, 0, 5);
        tcase_add_loop_test(tc, is_added_twice, 5, 11);
    }
    tcase_add_loop_test(tc, keeps_the_last_four, 0, 20);
    tcase_add_loop_test(tc, runs_ten_times, 0, 10);
    suite_add_tcase(s, tc);
    tc = tcase_create("unchecked");
    tcase_add_unchecked_fixture(tc, nothing, free_all);
    tcase_add_loop_test(tc, gives_it_to_a_fixture_that_frees_it, 0, 20);
    if (!is_bounded)
        tcase_add_loop_test(tc, gives_it_to_a_fixture_that_forgets_it, 0, 20);
    suite_add_tcase(s, tc);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
