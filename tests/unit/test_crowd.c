/* detect/crowd: threads grouped by where they wait. */
#include "tests/unit/crowd_scene.h"

START_TEST(threads_are_grouped_by_the_stack_they_wait_at)
{
    struct crowd c;
    plan(5, in_cond);
    plan(7, in_sem);
    start_all();
    ck_assert(csan__crowd_look(later(10), 0, &c));
    ck_assert_uint_eq(c.ngroups, 2);
    ck_assert_uint_eq(c.waiting, 12);
    ck_assert_uint_eq(c.groups[0].threads, 7);
    ck_assert_uint_eq(c.groups[0].stack, plans[5].stack);
    ck_assert_str_eq(c.groups[0].call, "sem");
    ck_assert(c.groups[0].is_one_object);
    ck_assert_uint_eq(c.groups[1].threads, 5);
    ck_assert_uint_eq(c.groups[1].stack, plans[0].stack);
}
END_TEST

START_TEST(those_that_have_just_begun_to_wait_do_not_count)
{
    struct crowd c;
    plan(5, in_cond);
    start_all();
    ck_assert(csan__crowd_look(csan__os_now_ns(), 60000 * MS, &c));
    ck_assert_uint_eq(c.ngroups, 0);
    ck_assert(csan__crowd_look(later(61000), 60000 * MS, &c));
    ck_assert_uint_eq(c.ngroups, 1);
    ck_assert_uint_ge(c.groups[0].ns_max, 61000 * MS);
}
END_TEST

START_TEST(csans_own_thread_is_not_in_the_crowd)
{
    struct crowd c;
    plan(2, in_cond);
    start_all();
    struct thread *self = csan__thread_get();
    ck_assert(csan__crowd_look(later(10), 0, &c));
    ck_assert_uint_eq(c.others, 1);
    self->foreign = true;
    ck_assert(csan__crowd_look(later(10), 0, &c));
    ck_assert_uint_eq(c.others, 0);
}
END_TEST

START_TEST(only_those_that_have_waited_for_so_long_are_in_the_crowd)
{
    struct crowd c;
    plan(1, in_cond);
    start_all();
    uint64_t now = later(1000);
    ck_assert(csan__crowd_look(now, 0, &c));
    uint64_t waited = c.groups[0].ns_max;
    ck_assert(csan__crowd_look(now, waited, &c));
    ck_assert_uint_eq(c.waiting, 1);
    uint32_t others = c.others;
    ck_assert(csan__crowd_look(now, waited + 1, &c));
    ck_assert_uint_eq(c.waiting, 0);
    ck_assert_uint_eq(c.others, others + 1);
}
END_TEST

START_TEST(a_crowd_knows_who_wakes_by_itself_and_how_long_each_has_waited)
{
    struct crowd c;
    struct plan timed = in_cond;
    timed.timed = true;
    timed.object = 0x108;
    plan(3, in_cond);
    start_all();
    uint64_t between = csan__os_now_ns();
    plan(2, timed);
    start_all();
    ck_assert(csan__crowd_look(between + 1000 * MS, 0, &c));
    ck_assert_uint_eq(c.ngroups, 1);
    ck_assert_uint_eq(c.groups[0].threads, 5);
    ck_assert_uint_eq(c.groups[0].timed, 2);
    ck_assert(!c.groups[0].is_one_object);
    ck_assert_uint_ge(c.groups[0].ns_max, 1000 * MS);
    ck_assert_uint_le(c.groups[0].ns_min, 1000 * MS);
}
END_TEST

START_TEST(of_groups_as_large_the_one_that_has_waited_longest_comes_first)
{
    struct crowd c;
    plan(2, _i ? in_cond : in_sem);
    start_all();
    plan(2, _i ? in_sem : in_cond);
    start_all();
    ck_assert(csan__crowd_look(later(10), 0, &c));
    ck_assert_uint_eq(c.ngroups, 2);
    ck_assert_str_eq(c.groups[0].call, _i ? "cond" : "sem");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("crowd");
    TCase *c = tcase_create("crowd");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, threads_are_grouped_by_the_stack_they_wait_at);
    tcase_add_test(c, those_that_have_just_begun_to_wait_do_not_count);
    tcase_add_test(c, csans_own_thread_is_not_in_the_crowd);
    tcase_add_test(c, only_those_that_have_waited_for_so_long_are_in_the_crowd);
    tcase_add_test(c, a_crowd_knows_who_wakes_by_itself_and_how_long_each_has_waited);
    tcase_add_loop_test(c, of_groups_as_large_the_one_that_has_waited_longest_comes_first, 0, 2);
    suite_add_tcase(s, c);
    return suite_run(s);
}
