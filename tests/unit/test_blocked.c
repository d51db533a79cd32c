/* detect/blocked: too many threads that wait at one place. */
#include "tests/unit/crowd_scene.h"

/* What max_blocked finds when all that are planned have waited for so long. */
static uint32_t found_after(uint64_t ms)
{
    start_all();
    ck_assert(!blocked->tick(later(ms)));
    return judged(blocked, 0);
}

/* Seventeen, at the moment that is returned. */
static uint64_t blocked_for_long(void)
{
    csan__options.blocked_after = FOR_LONG * MS;
    plan(17, in_cond);
    start_all();
    uint64_t now = later(FOR_LONG);
    blocked->tick(now);
    return now;
}

START_TEST(a_crowd_is_looked_for_four_times_in_blocked_after)
{
    uint64_t now = blocked_for_long();
    plan(3, in_cond);
    start_all();
    now += FOR_LONG / 4 * MS;
    blocked->tick(now - 1);
    ck_assert_uint_eq(judged(blocked, 0), 1);
    ck_assert_uint_eq(found.first->amount, 17);
    blocked->tick(now);
    ck_assert_uint_eq(judged(blocked, 0), 1);
    ck_assert_uint_eq(found.first->amount, 20);
}
END_TEST

START_TEST(a_child_is_not_blocked_by_what_its_parent_waited_for)
{
    uint64_t now = blocked_for_long();
    ck_assert_uint_eq(judged(blocked, 0), 1);
    blocked->forked();
    ck_assert_uint_eq(judged(blocked, 0), 0);
    blocked->tick(now); /* at once: it does not wait for its parent's next look */
    ck_assert_uint_eq(judged(blocked, 0), 1);
}
END_TEST

/* A site of its own for each mark. */
START_TEST(too_many_sites_are_no_verdict_but_in_a_child)
{
    struct world w = {.scratch = &scratch};
    uint64_t now = blocked_for_long();
    for (int i = 1; i < 256; i++) {
        csan__block_new_epoch();
        blocked->tick(now += FOR_LONG * MS);
    }
    ck_assert_uint_eq(judged(blocked, 0), 1);
    csan__block_new_epoch();
    blocked->tick(now + FOR_LONG * MS);
    csan__findings_init(&found, &scratch);
    ck_assert_int_eq(blocked->judge(0, &w, &found), -ENOMEM);
    blocked->forked();
    ck_assert_uint_eq(judged(blocked, 0), 0);
}
END_TEST

START_TEST(those_that_run_are_counted)
{
    csan__thread_get()->foreign = !_i;
    plan(17, in_cond);
    ck_assert_uint_eq(found_after(1500), 1);
    const char *ran = strstr(found.first->note, "; 1 other thread ran, or had just begun to wait");
    ck_assert_int_eq(ran != NULL, _i);
}
END_TEST

START_TEST(the_three_largest_of_the_other_groups_are_told)
{
    static const enum sync_kind kinds[] = {SYNC_JOIN, SYNC_MUTEX, SYNC_COND, SYNC_IO};
    plan(20, in_sem);
    for (unsigned i = 0; i < CSAN_COUNT(kinds); i++)
        plan(i + 1, (struct plan){.kind = kinds[i], .object = 0x100, .call = "it", .place = here});
    ck_assert_uint_eq(found_after(1500), 1);
    ck_assert_uint_eq(found.first->nparties, 1 + 3);
    ck_assert_str_eq(found.first->parties[1].label, "4 threads wait in it");
    ck_assert_str_eq(found.first->parties[3].label, "2 threads wait in it");
}
END_TEST

START_TEST(seventeen_that_wait_for_long_are_a_finding)
{
    plan(17, in_cond);
    ck_assert_uint_eq(found_after(1500), 1);
    const struct finding *f = found.first;
    ck_assert_int_eq(f->kind, FINDING_BLOCKED);
    ck_assert_str_eq(f->option, "max_blocked");
    ck_assert_uint_eq(f->stack, plans[0].stack);
    ck_assert_uint_eq(f->amount, 17);
    ck_assert_str_eq(f->what, "17 threads blocked at once in cond");
    ck_assert_str_eq(f->parties[0].label, "nobody has ever signalled it");
}
END_TEST

START_TEST(sixteen_are_none)
{
    plan(16, in_cond);
    ck_assert_uint_eq(found_after(1500), 0);
}
END_TEST

START_TEST(seventeen_that_wait_shortly_are_none)
{
    plan(17, in_cond);
    start_all();
    blocked->tick(csan__os_now_ns());
    csan__options.blocked_after = 60000 * MS; /* judge looks at the clock of the wall */
    ck_assert_uint_eq(judged(blocked, 0), 0);
}
END_TEST

START_TEST(seventeen_at_two_places_are_none)
{
    plan(9, in_cond);
    plan(8, in_sem);
    ck_assert_uint_eq(found_after(1500), 0);
}
END_TEST

START_TEST(sleepers_are_not_blocked)
{
    plan(20, in_sleep);
    ck_assert_uint_eq(found_after(1500), 0);
}
END_TEST

START_TEST(max_blocked_off_finds_nothing)
{
    csan__options.max_blocked = OPTION_OFF;
    plan(20, in_cond);
    ck_assert_uint_eq(found_after(1500), 0);
}
END_TEST

START_TEST(blocked_site_is_reported_once)
{
    plan(20, in_cond);
    ck_assert_uint_eq(found_after(1500), 1);
    report(blocked);
    blocked->tick(later(9000));
    ck_assert_uint_eq(judged(blocked, 0), 0);
}
END_TEST

START_TEST(the_largest_crowd_of_a_site_is_told_and_a_larger_one_no_more)
{
    plan(17, in_cond);
    start_all();
    blocked->tick(later(1500));
    plan(3, in_cond);
    start_all();
    blocked->tick(later(3000));
    ck_assert_uint_eq(judged(blocked, 0), 1);
    ck_assert_uint_eq(found.first->amount, 20);
    report(blocked);
    plan(3, in_cond);
    start_all();
    blocked->tick(later(6000));
    ck_assert_uint_eq(judged(blocked, 0), 0);
}
END_TEST

START_TEST(who_posted_is_named_with_every_place)
{
    plan(20, in_sem);
    posted(0x200, stack_no(1));
    posted(0x200, stack_no(1));
    posted(0x200, stack_no(2));
    posted(0x300, stack_no(3));
    ck_assert_uint_eq(found_after(1500), 1);
    const struct finding *f = found.first;
    ck_assert_uint_eq(f->nparties, 2);
    ck_assert_ptr_nonnull(
        strstr(f->parties[0].label, "sem_post came 2 times, last from thread 4711; the last of"));
    ck_assert_uint_eq(f->parties[0].stack, stack_no(1));
    ck_assert_str_eq(f->parties[1].label, "sem_post came 1 time, last from thread 4711");
    ck_assert_uint_eq(f->parties[1].stack, stack_no(2));
}
END_TEST

static const char *advice_for(struct plan p)
{
    plan(20, p);
    ck_assert_uint_eq(found_after(1500), 1);
    return found.first->attempt;
}

START_TEST(those_whom_nobody_has_given_to_are_no_idle_workers)
{
    ck_assert_ptr_null(advice_for(_i ? in_sem : in_cond));
}
END_TEST

START_TEST(those_whom_another_gives_to_may_be_idle)
{
    posted(_i ? 0x200 : 0x100, stack_no(1));
    ck_assert_ptr_nonnull(strstr(advice_for(_i ? in_sem : in_cond), "idle workers"));
}
END_TEST

/* The last to post is one of them, or besides one that is not: that one may go on. */
START_TEST(those_who_gave_themselves_wait_in_vain)
{
    plan(20, in_sem);
    start_all();
    posted_by(plans[0].tid, 0x200, stack_no(1));
    if (_i)
        posted(0x200, stack_no(2));
    blocked->tick(later(1500));
    ck_assert_uint_eq(judged(blocked, 0), 1);
    ck_assert_ptr_nonnull(
        strstr(found.first->attempt, _i ? "idle workers" : "who gave it before waits here too"));
}
END_TEST

START_TEST(who_posted_another_object_at_that_address_is_not_named)
{
    plan(20, in_sem);
    start_all();
    posted(0x200, stack_no(1));
    struct sync_event e = {.kind = SYNC_EVENT_GONE, .object = 0x1f0, .bytes = 0x20};
    blocked->sync(&e);
    blocked->tick(later(1500));
    ck_assert_uint_eq(judged(blocked, 0), 1);
    ck_assert_str_eq(found.first->parties[0].label, "nobody has ever posted it");
}
END_TEST

/* From elsewhere, or from nowhere any more. */
START_TEST(those_whose_giver_waits_no_more_may_be_idle)
{
    struct plan other = _i ? in_cond : in_sem;
    other.is_over = !_i;
    plan(20, in_sem);
    plan(1, other);
    start_all();
    ck_assert(_i || plans[20].stack == plans[0].stack);
    posted_by(plans[20].tid, 0x200, stack_no(1));
    blocked->tick(later(1500));
    ck_assert_uint_eq(judged(blocked, 0), 1);
    ck_assert_ptr_nonnull(strstr(found.first->attempt, "idle workers"));
}
END_TEST

START_TEST(what_the_others_do_is_told)
{
    plan(20, in_sem);
    plan(3, in_cond);
    ck_assert_uint_eq(found_after(1500), 1);
    const struct finding *f = found.first;
    ck_assert_uint_eq(f->nparties, 2);
    ck_assert_str_eq(f->parties[1].label, "3 threads wait in cond");
    ck_assert_uint_eq(f->parties[1].stack, plans[20].stack);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("blocked");
    TCase *c = tcase_create("blocked");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, a_crowd_is_looked_for_four_times_in_blocked_after);
    tcase_add_test(c, a_child_is_not_blocked_by_what_its_parent_waited_for);
    tcase_add_test(c, too_many_sites_are_no_verdict_but_in_a_child);
    tcase_add_loop_test(c, those_that_run_are_counted, 0, 2);
    tcase_add_test(c, the_three_largest_of_the_other_groups_are_told);
    tcase_add_test(c, seventeen_that_wait_for_long_are_a_finding);
    tcase_add_test(c, sixteen_are_none);
    tcase_add_test(c, seventeen_that_wait_shortly_are_none);
    tcase_add_test(c, seventeen_at_two_places_are_none);
    tcase_add_test(c, sleepers_are_not_blocked);
    tcase_add_test(c, max_blocked_off_finds_nothing);
    tcase_add_test(c, blocked_site_is_reported_once);
    tcase_add_test(c, the_largest_crowd_of_a_site_is_told_and_a_larger_one_no_more);
    tcase_add_test(c, who_posted_is_named_with_every_place);
    tcase_add_loop_test(c, those_whom_nobody_has_given_to_are_no_idle_workers, 0, 2);
    tcase_add_loop_test(c, those_whom_another_gives_to_may_be_idle, 0, 2);
    tcase_add_loop_test(c, those_who_gave_themselves_wait_in_vain, 0, 2);
    tcase_add_test(c, who_posted_another_object_at_that_address_is_not_named);
    tcase_add_loop_test(c, those_whose_giver_waits_no_more_may_be_idle, 0, 2);
    tcase_add_test(c, what_the_others_do_is_told);
    suite_add_tcase(s, c);
    return suite_run(s);
}
