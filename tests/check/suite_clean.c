/* Nothing leaks here: csan has nothing to say, and neither do Check's own allocations. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *made;

static void make(void)
{
    made = malloc(10);
}

static void unmake(void)
{
    free(made);
}

START_TEST(uses_what_was_made)
{
    ck_assert_msg(made, "a message that is %s", "not needed");
    mark_point();
}
END_TEST

START_TEST(runs_in_a_loop)
{
    ck_assert_int_ge(_i, 0);
}
END_TEST

static Suite *suite(const char *name)
{
    Suite *s = suite_create(name);
    TCase *tc = tcase_create("checked");
    tcase_set_tags(tc, "some tags");
    tcase_add_checked_fixture(tc, make, unmake);
    tcase_add_test(tc, uses_what_was_made);
    tcase_add_loop_test(tc, runs_in_a_loop, 0, 5);
    suite_add_tcase(s, tc);
    tc = tcase_create("unchecked");
    tcase_add_unchecked_fixture(tc, make, unmake);
    tcase_add_test(tc, uses_what_was_made);
    suite_add_tcase(s, tc);
    return s;
}

static enum print_output format(const char *name)
{
    if (strcmp(name, "silent") == 0)
        return CK_SILENT;
    if (strcmp(name, "verbose") == 0)
        return CK_VERBOSE;
    return strcmp(name, "subunit") == 0 ? CK_SUBUNIT : CK_NORMAL;
}

/* Two runners, one after the other, each with two suites. */
int main(void)
{
    int failed = 0;
    for (int round = 0; round < 2; round++) {
        SRunner *runner = srunner_create(suite("one"));
        srunner_add_suite(runner, suite("two"));
        srunner_run_tagged(runner, NULL, NULL, round ? "tags" : NULL, NULL,
                           format(getenv("SUITE_PRINTS")));
        TestResult **results = srunner_results(runner);
        free(results);
        failed += srunner_ntests_failed(runner);
        srunner_free(runner);
    }
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
