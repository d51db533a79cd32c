/* detect/hang: nothing of the test runs. */
#include "tests/unit/crowd_scene.h"

static const struct detector *hang = &csan__detector_hang;

static void under_a_time_out_of(uint64_t ms)
{
    csan__hang_facts.time_out_ns = ms * MS;
    csan__hang_facts.born_ns = later(0);
}

/* Looked at now, and again when nothing has run for so long. */
static bool hangs_after(uint64_t ms)
{
    ck_assert(!hang->tick(later(0)));
    return hang->tick(later(ms));
}

START_TEST(nothing_runs_for_hang_after)
{
    csan__hang_facts.limit_ns = 2000 * MS;
    plan(3, in_cond);
    start_all();
    ck_assert(!hang->tick(later(0)));
    ck_assert(!hang->tick(later(1900)));
    ck_assert(hang->tick(later(2100)));
    ck_assert_uint_eq(judged(hang, 0), 1);
    ck_assert_str_eq(found.first->option, "hang_after");
    ck_assert_uint_eq(found.first->stack, plans[0].stack);
    ck_assert_int_eq(found.first->kind, FINDING_BLOCKED);
}
END_TEST

START_TEST(hang_tells_who_gave_to_the_largest_group)
{
    csan__hang_facts.limit_ns = 2000 * MS;
    plan(2, in_cond);
    plan(3, in_sem);
    start_all();
    posted(0x200, stack_no(1));
    posted(0x100, stack_no(2));
    ck_assert(hangs_after(2100));
    ck_assert_uint_eq(judged(hang, 0), 1);
    const struct finding *f = found.first;
    ck_assert_str_eq(f->note, "all for one semaphore");
    ck_assert_uint_eq(f->nparties, 2);
    ck_assert_ptr_nonnull(strstr(f->parties[0].label, "sem_post came 1 time"));
    ck_assert_uint_eq(f->parties[0].stack, stack_no(1));
    ck_assert_str_eq(f->parties[1].label, "2 threads wait in cond");
}
END_TEST

/* Long ago, by the clock of the wall. */
static void hung_for_long(void)
{
    csan__hang_facts.limit_ns = FOR_LONG * MS;
    uint64_t now = csan__os_now_ns();
    ck_assert(!hang->tick(now - FOR_LONG * MS));
    ck_assert(hang->tick(now));
    ck_assert_uint_eq(judged(hang, 0), 1);
    ck_assert_uint_ge(found.first->amount, FOR_LONG * MS);
}

START_TEST(hang_tells_all_who_wait_and_the_four_next_groups)
{
    static const enum sync_kind kinds[] = {SYNC_SPIN, SYNC_MUTEX, SYNC_COND, SYNC_IO, SYNC_PROCESS};
    plan(7, in_cond);
    for (unsigned i = 0; i < CSAN_COUNT(kinds); i++)
        plan(i + 1, (struct plan){.kind = kinds[i], .call = "it", .place = there});
    start_all();
    hung_for_long();
    const struct finding *f = found.first;
    ck_assert_ptr_nonnull(strstr(f->what, ": 7 threads wait in cond"));
    ck_assert_uint_eq(f->threads, 7);
    ck_assert_uint_eq(f->count, 7 + 1 + 2 + 3 + 4 + 5);
    ck_assert_uint_eq(f->nparties, 1 + 4);
    ck_assert_str_eq(f->parties[0].label, "nobody has ever signalled it");
    ck_assert_str_eq(f->parties[4].label, "2 threads wait in it");
}
END_TEST

START_TEST(hang_where_nobody_waits_that_is_known_is_of_one_thread)
{
    plan(3, in_cond);
    start_all();
    struct crowd before; /* whose memory the next one has */
    ck_assert(csan__crowd_look(later(10), 0, &before));
    for (struct thread *t = csan__thread_first(); t; t = t->next)
        t->foreign = true;
    hung_for_long();
    const struct finding *f = found.first;
    ck_assert_ptr_null(strchr(f->what, ':'));
    ck_assert_uint_eq(f->threads, 1);
    ck_assert_uint_eq(f->stack, 0);
    ck_assert_uint_eq(f->nparties, 0);
}
END_TEST

START_TEST(a_hang_is_told_once)
{
    plan(1, in_cond);
    start_all();
    hung_for_long();
    report(hang);
    ck_assert_uint_eq(judged(hang, 0), 0);
    ck_assert(!hang->tick(later(FOR_LONG)));
    ck_assert_uint_eq(judged(hang, 0), 0);
}
END_TEST

/* Two clocks that are read one after the other are not of one moment. */
START_TEST(ten_microseconds_of_the_processor_are_nothing)
{
    csan__hang_facts.limit_ns = 2000 * MS;
    uint64_t start = later(0);
    ck_assert(!hang->tick(start));
    csan__hang_facts.cpu_ns = _i ? 10001 : 10000;
    ck_assert(!hang->tick(start + 1000 * MS));
    ck_assert(!hang->tick(start + 2000 * MS - 1));
    ck_assert_int_eq(hang->tick(start + 2000 * MS), !_i);
}
END_TEST

START_TEST(who_uses_the_processor_is_not_hung)
{
    csan__hang_facts.limit_ns = 2000 * MS;
    for (uint64_t ms = 0; ms < 10000; ms += 100) {
        csan__hang_facts.cpu_ns += 20000;
        ck_assert(!hang->tick(later(ms)));
    }
    ck_assert_uint_eq(judged(hang, 0), 0);
}
END_TEST

START_TEST(hang_after_off_never_hangs)
{
    ck_assert(!hangs_after(100000000));
}
END_TEST

START_TEST(auto_is_three_quarters_of_the_time_out)
{
    under_a_time_out_of(4000);
    plan(1, in_cond);
    start_all();
    uint64_t start = later(0);
    ck_assert(!hang->tick(start));
    ck_assert(!hang->tick(start + 3000 * MS - 1));
    ck_assert(hang->tick(start + 3000 * MS));
}
END_TEST

START_TEST(sleep_that_ends_before_the_time_out_is_no_hang)
{
    under_a_time_out_of(4000);
    struct plan p = _i ? in_cond : in_sleep;
    p.timed = _i;
    plan(1, p);
    start_all();
    uint64_t start = later(0);
    csan__hang_facts.born_ns = start;
    ck_assert(!hang->tick(start));
    ck_assert(!hang->tick(start + 3680 * MS - 1));
    ck_assert(hang->tick(start + 3680 * MS));
}
END_TEST

START_TEST(a_child_is_not_hung_by_what_its_parent_waited_for)
{
    csan__hang_facts.limit_ns = 2000 * MS;
    ck_assert(hangs_after(2100));
    ck_assert_uint_eq(judged(hang, 0), 1);
    report(hang);
    hang->forked();
    ck_assert(!hang->tick(later(4000)));
    ck_assert(hang->tick(later(6100)));
    hang->forked(); /* before it was told */
    ck_assert_uint_eq(judged(hang, 0), 0);
}
END_TEST

START_TEST(test_that_stopped_late_is_told_before_its_time_out)
{
    under_a_time_out_of(4000);
    plan(1, in_cond);
    start_all();
    uint64_t start = csan__hang_facts.born_ns;
    hang->tick(start);
    csan__hang_facts.cpu_ns = 500 * MS;
    uint64_t last_ran =
        start + (_i ? 3080 : 3081) * MS; /* 15 % of the time-out before 92 % of it */
    ck_assert(!hang->tick(last_ran));
    ck_assert(!hang->tick(start + 3680 * MS - 1));
    ck_assert_int_eq(hang->tick(start + 3680 * MS), _i);
    ck_assert(hang->tick(start + 3681 * MS));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hang");
    TCase *c = tcase_create("hang");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, nothing_runs_for_hang_after);
    tcase_add_test(c, hang_tells_who_gave_to_the_largest_group);
    tcase_add_test(c, hang_tells_all_who_wait_and_the_four_next_groups);
    tcase_add_test(c, hang_where_nobody_waits_that_is_known_is_of_one_thread);
    tcase_add_test(c, a_hang_is_told_once);
    tcase_add_loop_test(c, ten_microseconds_of_the_processor_are_nothing, 0, 2);
    tcase_add_test(c, who_uses_the_processor_is_not_hung);
    tcase_add_test(c, hang_after_off_never_hangs);
    tcase_add_test(c, auto_is_three_quarters_of_the_time_out);
    tcase_add_loop_test(c, sleep_that_ends_before_the_time_out_is_no_hang, 0, 2);
    tcase_add_test(c, a_child_is_not_hung_by_what_its_parent_waited_for);
    tcase_add_loop_test(c, test_that_stopped_late_is_told_before_its_time_out, 0, 2);
    suite_add_tcase(s, c);
    return suite_run(s);
}
