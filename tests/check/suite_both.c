/* Tests that can share a process: with CK_FORK=yes and CK_FORK=no the verdicts must be the same. */
#include "leaky.h"

#include <check.h>
#include <stdlib.h>

static char *of_setup, *of_unchecked_setup;

START_TEST(clean)
{
    free(malloc(101));
}
END_TEST

START_TEST(leaks_in_its_code)
{
    leak_101();
}
END_TEST

START_TEST(leaks_twice)
{
    leak_101();
    leak_202();
}
END_TEST

START_TEST(leaks_in_its_own_lines)
{
    char *volatile lost = malloc(505); /* the test's own leak */
    lost = NULL;
    (void)lost;
}
END_TEST

START_TEST(leaks_in_a_thread)
{
    leak_from_thread();
}
END_TEST

START_TEST(leaves_memory_in_a_global)
{
    keep();
}
END_TEST

START_TEST(overwrites_what_an_earlier_test_left)
{
    keep();
}
END_TEST

START_TEST(fails_by_itself)
{
    char *volatile held = malloc(606);
    ck_assert_int_eq(1, 2);
    free(held);
}
END_TEST

START_TEST(leaks_in_the_second_round)
{
    if (_i == 2)
        leak_101();
}
END_TEST

START_TEST(uses_what_setup_made)
{
    ck_assert_ptr_nonnull(of_setup);
}
END_TEST

START_TEST(frees_what_unchecked_setup_made)
{
    free(of_unchecked_setup);
    of_unchecked_setup = NULL;
}
END_TEST

static void allocate(void)
{
    of_setup = malloc(707);
}

static void release(void)
{
    free(of_setup);
    of_setup = NULL;
}

static void lose(void)
{
    of_setup = NULL;
}

static void allocate_unchecked(void)
{
    of_unchecked_setup = malloc(808);
}

static void release_unchecked(void)
{
    free(of_unchecked_setup);
    clean_up();
}

static TCase *plain_tests(void)
{
    TCase *tc = tcase_create("plain");
    tcase_add_test(tc, clean);
    tcase_add_test(tc, leaks_in_its_code);
    tcase_add_test(tc, clean);
    tcase_add_test(tc, leaks_twice);
    tcase_add_test(tc, leaks_in_its_own_lines);
    tcase_add_test(tc, leaks_in_a_thread);
    tcase_add_test(tc, leaves_memory_in_a_global);
    tcase_add_test(tc, overwrites_what_an_earlier_test_left);
    tcase_add_test(tc, fails_by_itself);
    tcase_add_loop_test(tc, leaks_in_the_second_round, 1, 4);
    return tc;
}

static TCase *fixture_tests(const char *name, SFun teardown)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, allocate, teardown);
    tcase_add_test(tc, uses_what_setup_made);
    return tc;
}

static TCase *unchecked_fixture_tests(void)
{
    TCase *tc = tcase_create("unchecked");
    tcase_add_unchecked_fixture(tc, allocate_unchecked, release_unchecked);
    tcase_add_test(tc, clean);
    tcase_add_test(tc, frees_what_unchecked_setup_made);
    return tc;
}

int main(void)
{
    Suite *first = suite_create("first");
    suite_add_tcase(first, plain_tests());
    Suite *second = suite_create("second");
    suite_add_tcase(second, fixture_tests("released", release));
    suite_add_tcase(second, fixture_tests("lost", lose));
    suite_add_tcase(second, unchecked_fixture_tests());
    SRunner *runner = srunner_create(first);
    srunner_add_suite(runner, second);
    srunner_run_all(runner, CK_VERBOSE);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
