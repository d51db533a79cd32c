/* What fixtures make, and what a test asks about itself: one TCase a run, named by the argument. */
#include "leaky.h"

#include <check.h>
#include <csan.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void *made;

static void make(void)
{
    made = malloc(404);
}

static void unmake(void)
{
    free(made);
    made = NULL;
}

START_TEST(first)
{
    ck_assert_ptr_nonnull(made);
}
END_TEST

START_TEST(second)
{
    ck_assert_ptr_nonnull(made);
}
END_TEST

START_TEST(keeps_to_itself)
{
    free(malloc(1));
}
END_TEST

START_TEST(asks_between)
{
    csan_mark_t outer = csan_mark();
    leak_101();
    csan_mark_t inner = csan_mark();
    ck_assert_int_eq(csan_check(inner), 0);
    leak_202();
    ck_assert_int_eq(csan_check(inner), 1);
    ck_assert_int_eq(csan_check(inner), 0);
    ck_assert_int_eq(csan_check(outer), 1);
    ck_assert_int_eq(csan_check(outer), 0);
}
END_TEST

START_TEST(asks_and_is_clean)
{
    csan_mark_t outer = csan_mark();
    free(malloc(1));
    csan_mark_t inner = csan_mark();
    free(malloc(2));
    ck_assert_int_eq(csan_check(inner), 0);
    ck_assert_int_eq(csan_check(outer), 0);
}
END_TEST

static void nothing(void)
{
}

static void lose(void)
{
    leak_101();
}

/* Who makes and who frees; `checked` is around each test, else around all of them. */
static const struct kind {
    const char *name;
    bool is_checked;
    void (*setup)(void), (*teardown)(void);
} kinds[] = {
    {"checked_freed", true, make, unmake},    {"checked_kept", true, make, nothing},
    {"checked_lost", true, make, lose},       {"unchecked_freed", false, make, unmake},
    {"unchecked_kept", false, make, nothing}, {"unchecked_lost", false, lose, nothing},
    {"marks", true, nothing, nothing},        {"clean_marks", true, nothing, nothing},
};

static TCase *tcase_of(const struct kind *k)
{
    TCase *tc = tcase_create(k->name);
    if (k->is_checked)
        tcase_add_checked_fixture(tc, k->setup, k->teardown);
    else
        tcase_add_unchecked_fixture(tc, k->setup, k->teardown);
    if (k->setup == make) {
        tcase_add_test(tc, first);
        tcase_add_test(tc, second);
    } else if (k->setup == lose) {
        tcase_add_test(tc, keeps_to_itself);
    } else {
        tcase_add_test(tc, strcmp(k->name, "marks") == 0 ? asks_between : asks_and_is_clean);
    }
    return tc;
}

int main(int argc, char **argv)
{
    Suite *s = suite_create("fixtures");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (argc > 1 && strcmp(argv[1], kinds[i].name) == 0)
            suite_add_tcase(s, tcase_of(&kinds[i]));
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_VERBOSE);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
