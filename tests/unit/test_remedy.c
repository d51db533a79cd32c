/* detect/remedy: which figures carry which advice, and which carry none. */
#include "detect/remedy.h"
#include "tests/unit/suite.h"

#include <string.h>

static struct arena scratch;
static struct contested c;
static struct finding f;

static void begin(void)
{
    memset(&scratch, 0, sizeof scratch);
    memset(&c, 0, sizeof c);
    memset(&f, 0, sizeof f);
    c.kind = SYNC_MUTEX;
    c.waits = 20;
    c.waited_ns = 1000000;
}

static void end(void)
{
    csan__arena_scratch_free(&scratch);
}

static bool advises(const char *words)
{
    memset(&f, 0, sizeof f);
    csan__remedy_add(&c, &scratch, &f);
    return words ? f.attempt && strstr(f.attempt, words) : f.attempt == NULL;
}

START_TEST(figures_that_show_nothing_carry_no_advice)
{
    ck_assert(advises(NULL));
    ck_assert_uint_eq(f.nparties, 0);
}
END_TEST

START_TEST(half_of_the_waiting_in_a_call_is_worth_a_word_and_less_is_not)
{
    c.why.call = (struct nap){.ns = 500000, .kind = SYNC_IO, .call = "read"};
    ck_assert(advises("make that call before the lock"));
    ck_assert_ptr_nonnull(strstr(f.parties[0].label, "was in read"));
    c.why.call.ns = 499999;
    ck_assert(advises(NULL));
}
END_TEST

START_TEST(the_longer_of_call_and_lock_is_told)
{
    c.why.call = (struct nap){.ns = 500000, .kind = SYNC_IO, .call = "read"};
    c.why.lock = (struct nap){.ns = 500001, .kind = SYNC_MUTEX, .object = 64};
    ck_assert(advises("give this lock back before"));
    c.why.lock.ns = 500000;
    ck_assert(advises("make that call before the lock"));
}
END_TEST

START_TEST(a_rwlock_that_three_in_four_write_is_a_mutex)
{
    c.kind = SYNC_READ;
    c.why.met_writer = 20;
    c.why.to_write = 15;
    ck_assert(advises("plain mutex: readers that are so few"));
    c.why.to_write = 14;
    ck_assert(advises(NULL));
    c.why.met_writer = c.why.to_write = 19;
    ck_assert(advises(NULL));
    c.why.met_writer = c.why.to_write = 20;
    c.kind = SYNC_MUTEX;
    ck_assert(advises(NULL));
}
END_TEST

START_TEST(a_rwlock_of_short_sections_is_a_mutex)
{
    c.kind = SYNC_WRITE;
    c.sections = (struct sections){.count = 4, .brief = 3};
    ck_assert(advises("plain mutex: sections so short"));
    ck_assert_str_eq(f.parties[0].label,
                     "3 of 4 of its sections that were measured took less than 1 us");
    c.sections.brief = 2;
    ck_assert(advises(NULL));
    c.sections = (struct sections){.count = 3, .brief = 3};
    ck_assert(advises(NULL));
    c.sections.count = c.sections.brief = 4;
    c.waits = 19;
    ck_assert(advises(NULL));
}
END_TEST

START_TEST(a_mutex_that_one_of_several_paths_wants_may_be_shared)
{
    c.paths = 2;
    c.by_one_path = 15;
    ck_assert(advises("a rwlock; else shard the lock"));
    c.by_one_path = 19;
    ck_assert(advises("a copy that the rare writer swaps in"));
    c.by_one_path = 14;
    ck_assert(advises(NULL));
    c.by_one_path = 20;
    c.paths = 1;
    ck_assert(advises(NULL));
    c.paths = 2;
    c.sections = (struct sections){.count = 4, .brief = 4};
    ck_assert(advises(NULL));
}
END_TEST

START_TEST(hand_overs_that_leave_a_crowd_are_a_convoy)
{
    c.why.handed = 20;
    c.why.crowded = 15;
    ck_assert(advises("shard it, or take it less often"));
    c.why.crowded = 14;
    ck_assert(advises(NULL));
    c.why.handed = c.why.crowded = 19;
    ck_assert(advises(NULL));
}
END_TEST

START_TEST(holders_are_told_the_longest_first_and_one_alone_is_not)
{
    c.why.holders[1] = (struct holder_share){.stack = 7, .ns = 3000000};
    ck_assert(advises(NULL));
    ck_assert_uint_eq(f.nparties, 0);
    c.why.holders[0] = (struct holder_share){.stack = 5, .ns = 1000000};
    c.why.holders[3] = (struct holder_share){.stack = 9, .ns = 2000000};
    c.why.holders[2] = (struct holder_share){.stack = 8, .ns = 500000};
    ck_assert(advises(NULL));
    ck_assert_uint_eq(f.nparties, 3);
    ck_assert_uint_eq(f.parties[0].stack, 7);
    ck_assert_uint_eq(f.parties[1].stack, 9);
    ck_assert_uint_eq(f.parties[2].stack, 5);
}
END_TEST

START_TEST(reasons_of_many_waits_add_up_holder_by_holder)
{
    struct why more = {.handed = 1, .crowded = 1, .met_writer = 1, .to_write = 1};
    more.holders[0] = (struct holder_share){.stack = 5, .ns = 10};
    more.call = (struct nap){.ns = 4, .longest_ns = 4, .stack = 3};
    csan__why_add(&c.why, &more);
    more.call = (struct nap){.ns = 2, .longest_ns = 2, .stack = 4};
    csan__why_add(&c.why, &more);
    ck_assert_uint_eq(c.why.handed, 2);
    ck_assert_uint_eq(c.why.crowded, 2);
    ck_assert_uint_eq(c.why.met_writer, 2);
    ck_assert_uint_eq(c.why.to_write, 2);
    ck_assert_uint_eq(c.why.call.ns, 6);
    ck_assert_uint_eq(c.why.call.stack, 3);
    uint64_t all = 0;
    for (int i = 0; i < (int)WHY_HOLDERS; i++)
        all += c.why.holders[i].ns;
    ck_assert_uint_eq(all, 20);
}
END_TEST

START_TEST(what_does_not_count_of_a_wait_is_no_holders_share)
{
    struct why why;
    struct thread me = {.tid = 1};
    struct sync_event e = {.kind = SYNC_EVENT_WAIT_ENDED,
                           .thread = &me,
                           .object = 0x1000,
                           .lock_kind = SYNC_MUTEX,
                           .at_ns = 9000000,
                           .wait_ns = 4000000,
                           .other = {.object = 0x1000, .stack = 7}};
    csan__contest_begin(&e);
    csan__contest_end(&e, 1000000, &why);
    ck_assert_uint_eq(why.holders[0].stack, 7);
    ck_assert_uint_eq(why.holders[0].ns, 1000000);
}
END_TEST

START_TEST(of_too_many_holders_the_least_is_left_out)
{
    for (uint32_t i = 1; i <= WHY_HOLDERS + 1; i++) {
        struct why one = {.handed = 0};
        one.holders[0] = (struct holder_share){.stack = i, .ns = i};
        csan__why_add(&c.why, &one);
    }
    for (uint32_t i = 0; i < WHY_HOLDERS; i++)
        ck_assert_uint_gt(c.why.holders[i].stack, 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("remedy");
    TCase *t = tcase_create("remedy");
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, figures_that_show_nothing_carry_no_advice);
    tcase_add_test(t, half_of_the_waiting_in_a_call_is_worth_a_word_and_less_is_not);
    tcase_add_test(t, the_longer_of_call_and_lock_is_told);
    tcase_add_test(t, a_rwlock_that_three_in_four_write_is_a_mutex);
    tcase_add_test(t, a_rwlock_of_short_sections_is_a_mutex);
    tcase_add_test(t, a_mutex_that_one_of_several_paths_wants_may_be_shared);
    tcase_add_test(t, hand_overs_that_leave_a_crowd_are_a_convoy);
    tcase_add_test(t, holders_are_told_the_longest_first_and_one_alone_is_not);
    tcase_add_test(t, reasons_of_many_waits_add_up_holder_by_holder);
    tcase_add_test(t, what_does_not_count_of_a_wait_is_no_holders_share);
    tcase_add_test(t, of_too_many_holders_the_least_is_left_out);
    suite_add_tcase(s, t);
    return suite_run(s);
}
