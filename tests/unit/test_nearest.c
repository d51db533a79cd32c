/* base/nearest: which known name is meant. */
#include "base/nearest.h"
#include "tests/unit/suite.h"

#include <string.h>

static const char *nearest(const char *given, bool *is_near)
{
    static const char *const known[] = {"max_leak", "max_wait", "lock-order", "leak", "out"};
    struct nearest n = NEAREST(given, strlen(given));
    for (size_t i = 0; i < CSAN_COUNT(known); i++)
        csan__nearest_try(&n, known[i]);
    *is_near = csan__nearest_is_near(&n);
    return n.name;
}

START_TEST(the_name_with_the_fewest_edits_is_proposed)
{
    static const struct {
        const char *given, *name;
        bool is_near;
    } cases[] = {
        {"max_leek", "max_leak", true},
        {"MAX_LAEK", "max_leak", true},
        {"lockorder", "lock-order", true},
        {"order", "lock-order", true},
        {"lek", "leak", true},
        {"zzzzzzzzzz", "max_leak", false},
        {"", "out", false},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++) {
        bool is_near;
        ck_assert_str_eq(nearest(cases[i].given, &is_near), cases[i].name);
        ck_assert_msg(is_near == cases[i].is_near, "%s", cases[i].given);
    }
}
END_TEST

START_TEST(of_names_equally_near_the_first_is_proposed)
{
    struct nearest n = NEAREST("max_xxxx", 8);
    csan__nearest_try(&n, "max_leak");
    csan__nearest_try(&n, "max_wait");
    ck_assert_str_eq(n.name, "max_leak");
    ck_assert_uint_eq(n.distance, 4);
}
END_TEST

START_TEST(a_given_name_may_be_of_any_length_and_need_not_end)
{
    static const char given[4096] = "max_leakmax_leakmax_leakmax_leakmax_leak";
    struct nearest n = NEAREST(given, sizeof given);
    csan__nearest_try(&n, given);
    csan__nearest_try(&n, "max_leak");
    ck_assert_ptr_eq(n.name, given);
    n = (struct nearest)NEAREST("max_leakX", 8);
    csan__nearest_try(&n, "max_leak");
    ck_assert_uint_eq(n.distance, 0);
}
END_TEST

START_TEST(nothing_known_is_near_to_nothing)
{
    struct nearest n = NEAREST("x", 1);
    ck_assert(!csan__nearest_is_near(&n));
    ck_assert_ptr_null(n.name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nearest");
    TCase *t = tcase_create("nearest");
    tcase_add_test(t, the_name_with_the_fewest_edits_is_proposed);
    tcase_add_test(t, of_names_equally_near_the_first_is_proposed);
    tcase_add_test(t, a_given_name_may_be_of_any_length_and_need_not_end);
    tcase_add_test(t, nothing_known_is_near_to_nothing);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
