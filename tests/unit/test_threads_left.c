/* detect/threads_left: what session/threads.c says was not joined becomes a finding a stack. */
#include "tests/unit/sync_events.h"
#include "tests/unit/suite.h"

static const struct detector *left = &csan__detector_threads_left;
static struct left_thread all[8];
static bool told[8];
static uint32_t nleft;

static void begin(void)
{
    ck_assert_int_eq(csan__stack_init(64), 0);
    csan__options.max_threads = 0;
}

static struct left_thread *leave(uintptr_t place, uint32_t epoch)
{
    struct left_thread *t = &all[nleft];
    *t = (struct left_thread){
        .stack = stack_no(place), .epoch = epoch, .tid = 4711, .is_told = &told[nleft]};
    nleft++;
    return t;
}

static uint32_t judged_since(uint32_t since)
{
    struct world w = {.left = all, .nleft = nleft, .scratch = &scratch};
    csan__findings_init(&found, &scratch);
    ck_assert_int_eq(left->judge(since, &w, &found), 0);
    left->weigh(&found);
    return found.count;
}

START_TEST(threads_of_one_stack_are_one_finding)
{
    leave(1, 0);
    leave(2, 0)->has_ended = true;
    leave(1, 0)->has_ended = true;
    leave(1, 0);
    ck_assert_uint_eq(judged_since(0), 2);
    const struct finding *f = found.first;
    ck_assert_int_eq(f->kind, FINDING_THREAD);
    ck_assert_str_eq(f->option, "max_threads");
    ck_assert_uint_eq(f->stack, stack_no(1));
    ck_assert_uint_eq(f->amount, 3);
    ck_assert_str_eq(f->what, "3 threads never joined nor detached: 2 still run, 1 has ended");
    ck_assert_str_eq(f->next->what, "1 thread never joined nor detached: 1 has ended");
}
END_TEST

START_TEST(detached_ones_are_called_so)
{
    leave(1, 0)->is_detached = true;
    leave(1, 0)->is_detached = true;
    leave(2, 0)->is_detached = true;
    leave(2, 0);
    ck_assert_uint_eq(judged_since(0), 2);
    ck_assert_str_eq(found.first->what, "2 detached threads: 2 still run");
    ck_assert_str_eq(found.first->next->what, "2 threads never joined nor detached: 2 still run");
}
END_TEST

START_TEST(those_of_before_the_mark_do_not_count)
{
    leave(1, 1);
    leave(1, 2);
    leave(1, 1);
    leave(2, 1);
    ck_assert_uint_eq(judged_since(2), 1);
    ck_assert_uint_eq(found.first->stack, stack_no(1));
    ck_assert_uint_eq(found.first->amount, 1);
}
END_TEST

START_TEST(so_many_of_all_stacks_together_are_allowed)
{
    csan__options.max_threads = 2;
    leave(1, 0);
    leave(2, 0);
    ck_assert_uint_eq(judged_since(0), 0);
    leave(2, 0);
    ck_assert_uint_eq(judged_since(0), 2);
    csan__options.max_threads = OPTION_OFF;
    ck_assert_uint_eq(judged_since(0), 0);
}
END_TEST

START_TEST(those_that_were_reported_are_told)
{
    leave(1, 1);
    leave(1, 2);
    leave(2, 2);
    ck_assert_uint_eq(judged_since(2), 2);
    found.first->next = NULL;
    report(left);
    ck_assert(!told[0] && told[1] && !told[2]);
    told[1] = false;
    report(left); /* of no verdict of its own */
    ck_assert(!told[1]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("threads_left");
    TCase *c = tcase_create("threads_left");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, threads_of_one_stack_are_one_finding);
    tcase_add_test(c, detached_ones_are_called_so);
    tcase_add_test(c, those_of_before_the_mark_do_not_count);
    tcase_add_test(c, so_many_of_all_stacks_together_are_allowed);
    tcase_add_test(c, those_that_were_reported_are_told);
    suite_add_tcase(s, c);
    return suite_run(s);
}
