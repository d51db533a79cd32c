/* detect/wait, detect/hold: which waits and holds are findings, and who is named. */
#include "tests/unit/sync_events.h"
#include "tests/unit/suite.h"

static const struct detector *wait_ = &csan__detector_wait;
static const struct detector *hold = &csan__detector_hold;
static struct thread waiter = {.tid = 1000001}; /* no such thread: /proc knows nothing of it */

static void begin(void)
{
    ck_assert_int_eq(csan__stack_init(64), 0);
    csan__options.max_wait = 1000 * MS;
    csan__options.max_wait_p99 = OPTION_OFF;
    csan__options.max_wait_total = OPTION_OFF;
    csan__options.max_hold = OPTION_OFF;
}

static void waited(uintptr_t object, uint32_t stack, enum sync_kind kind, uint64_t ns)
{
    struct sync_event e = {.kind = SYNC_EVENT_WAIT_BEGINS,
                           .thread = &waiter,
                           .object = object,
                           .lock_kind = kind,
                           .call = "pthread_mutex_lock",
                           .stack = stack,
                           .holder_tid = 1000002,
                           .other = {.object = object, .stack = stack_no(77)}};
    wait_->sync(&e);
    e.kind = SYNC_EVENT_WAIT_ENDED;
    e.wait_ns = ns;
    e.got_it = true;
    wait_->sync(&e);
}

static void gone(uintptr_t object, size_t bytes)
{
    struct sync_event e = {
        .kind = SYNC_EVENT_GONE, .thread = &waiter, .object = object, .bytes = bytes};
    wait_->sync(&e);
}

START_TEST(wait_up_to_the_limit_is_none)
{
    waited(0x100, stack_no(1), SYNC_MUTEX, 1000 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 0);
}
END_TEST

START_TEST(wait_above_the_limit_is_a_finding_at_the_waiter)
{
    waited(0x100, stack_no(1), SYNC_MUTEX, 1300 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
    const struct finding *f = found.first;
    ck_assert_int_eq(f->kind, FINDING_WAIT);
    ck_assert_uint_eq(f->stack, stack_no(1));
    ck_assert_uint_eq(f->amount, 1300 * MS);
    ck_assert_str_eq(f->option, "max_wait");
    ck_assert_str_eq(f->what, "waited 1.3 s for a mutex");
    ck_assert_ptr_null(f->note); /* one wait has said it all */
}
END_TEST

START_TEST(several_waits_are_told_by_percentiles)
{
    waited(0x100, stack_no(1), SYNC_MUTEX, 1300 * MS);
    waited(0x100, stack_no(1), SYNC_MUTEX, 1300 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
    ck_assert_str_eq(found.first->note,
                     "2 waits: p50 1.3 s, p90 1.3 s, p99 1.3 s, longest 1.3 s, together 2.6 s");
    ck_assert_uint_eq(found.first->object, 0x100);
}
END_TEST

START_TEST(holder_of_the_longest_wait_is_named_with_its_stack)
{
    waited(0x100, stack_no(1), SYNC_MUTEX, 1300 * MS);
    judged(wait_, 0);
    ck_assert_uint_ge(found.first->nparties, 1);
    ck_assert_str_eq(found.first->parties[0].label, "held by thread 1000002, which took it");
    ck_assert_uint_eq(found.first->parties[0].stack, stack_no(77));
}
END_TEST

START_TEST(load_of_the_machine_is_in_the_report)
{
    waited(0x100, stack_no(1), SYNC_MUTEX, 1300 * MS);
    judged(wait_, 0);
    const struct finding_party *last = &found.first->parties[found.first->nparties - 1];
    ck_assert_uint_eq(last->stack, 0);
    ck_assert_ptr_nonnull(strstr(last->label, "could run on"));
}
END_TEST

START_TEST(max_wait_off_finds_nothing)
{
    csan__options.max_wait = OPTION_OFF;
    waited(0x100, stack_no(1), SYNC_MUTEX, 9000 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 0);
}
END_TEST

START_TEST(reads_and_writes_are_told_apart)
{
    waited(0x100, stack_no(1), SYNC_READ, 1300 * MS);
    waited(0x100, stack_no(2), SYNC_WRITE, 1400 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 2);
    ck_assert_str_eq(found.first->what, "waited 1.3 s for a rwlock, to read");
    ck_assert_str_eq(found.first->next->what, "waited 1.4 s for a rwlock, to write");
}
END_TEST

START_TEST(waits_for_conditions_and_joins_are_no_lock_waits)
{
    waited(0x100, stack_no(1), SYNC_COND, 9000 * MS);
    waited(0x100, stack_no(1), SYNC_JOIN, 9000 * MS);
    waited(0x100, stack_no(1), SYNC_IO, 9000 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 0);
}
END_TEST

START_TEST(locks_of_one_waiting_place_are_one_finding)
{
    for (uintptr_t i = 1; i <= 50; i++)
        waited(i * 0x40, stack_no(1), SYNC_MUTEX, 1100 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
    ck_assert_uint_eq(found.first->count, 50);
}
END_TEST

START_TEST(finding_is_reported_once)
{
    waited(0x100, stack_no(1), SYNC_MUTEX, 1300 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
    report(wait_);
    ck_assert_uint_eq(judged(wait_, 0), 0);
}
END_TEST

START_TEST(wait_before_the_mark_is_not_judged)
{
    waited(0x100, stack_no(1), SYNC_MUTEX, 1300 * MS);
    uint32_t mark = csan__block_new_epoch();
    ck_assert_uint_eq(judged(wait_, mark), 0);
    waited(0x100, stack_no(1), SYNC_MUTEX, 1200 * MS);
    ck_assert_uint_eq(judged(wait_, mark), 1);
    ck_assert_uint_eq(found.first->amount, 1200 * MS);
}
END_TEST

START_TEST(p99_is_judged_where_one_in_a_hundred_waits_long)
{
    csan__options.max_wait_p99 = 400 * MS;
    for (int i = 0; i < 98; i++)
        waited(0x100, stack_no(1), SYNC_MUTEX, 1 * MS);
    waited(0x100, stack_no(1), SYNC_MUTEX, 480 * MS);
    waited(0x100, stack_no(1), SYNC_MUTEX, 480 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
    ck_assert_str_eq(found.first->option, "max_wait_p99");
    ck_assert_uint_ge(found.first->amount, 475 * MS);
    ck_assert_uint_le(found.first->amount, 480 * MS);
}
END_TEST

START_TEST(p99_passes_where_one_in_two_hundred_waits_long)
{
    csan__options.max_wait_p99 = 400 * MS;
    for (int i = 0; i < 199; i++)
        waited(0x100, stack_no(1), SYNC_MUTEX, 1 * MS);
    waited(0x100, stack_no(1), SYNC_MUTEX, 480 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 0);
}
END_TEST

START_TEST(waits_for_one_lock_add_up)
{
    csan__options.max_wait_total = 100 * MS;
    for (int i = 0; i < 30; i++)
        waited(0x100, stack_no(1), SYNC_MUTEX, 2 * MS);
    for (int i = 0; i < 30; i++)
        waited(0x100, stack_no(2), SYNC_MUTEX, 3 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
    ck_assert_str_eq(found.first->option, "max_wait_total");
    ck_assert_uint_eq(found.first->amount, 150 * MS);
    ck_assert_uint_eq(found.first->stack, stack_no(2));
    ck_assert_str_eq(found.first->what, "150 ms in 60 waits for a mutex");
}
END_TEST

START_TEST(waits_for_two_locks_do_not_add_up)
{
    csan__options.max_wait_total = 100 * MS;
    waited(0x100, stack_no(1), SYNC_MUTEX, 90 * MS);
    waited(0x140, stack_no(1), SYNC_MUTEX, 90 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 0);
}
END_TEST

START_TEST(new_lock_at_an_old_address_begins_anew)
{
    csan__options.max_wait_total = 100 * MS;
    waited(0x140, stack_no(1), SYNC_MUTEX, 90 * MS);
    gone(0x100, 0x80);
    waited(0x140, stack_no(1), SYNC_MUTEX, 90 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 0);
    waited(0x140, stack_no(1), SYNC_MUTEX, 20 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
}
END_TEST

START_TEST(lock_beside_the_memory_that_goes_stays)
{
    csan__options.max_wait_total = 100 * MS;
    waited(0x140, stack_no(1), SYNC_MUTEX, 90 * MS);
    gone(0x100, 0x40);
    gone(0x141, 0x40);
    waited(0x140, stack_no(1), SYNC_MUTEX, 90 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
}
END_TEST

/* Ten thousand locks that come and go: one site serves them all, and nothing is lost. */
START_TEST(many_locks_are_no_trouble)
{
    for (uintptr_t i = 1; i <= 10000; i++)
        waited(i * 0x40, stack_no(1), SYNC_MUTEX, 1 * MS);
    waited(0x77, stack_no(1), SYNC_MUTEX, 1500 * MS);
    ck_assert_uint_eq(judged(wait_, 0), 1);
    ck_assert_uint_eq(found.first->count, 10001);
}
END_TEST

/* ------------------------------------------------------------------ holds */

static void held(uint32_t taken, uint64_t ns)
{
    struct sync_event e = {.kind = SYNC_EVENT_GAVE,
                           .thread = &waiter,
                           .object = 0x100,
                           .lock_kind = SYNC_MUTEX,
                           .call = "pthread_mutex_unlock",
                           .stack = stack_no(9),
                           .hold_ns = ns,
                           .other = {.object = 0x100, .stack = taken}};
    hold->sync(&e);
}

START_TEST(hold_above_the_limit_is_a_finding_where_it_was_taken)
{
    csan__options.max_hold = 100 * MS;
    held(stack_no(1), 50 * MS);
    held(stack_no(1), 100 * MS);
    ck_assert_uint_eq(judged(hold, 0), 0);
    held(stack_no(1), 250 * MS);
    held(stack_no(1), 200 * MS);
    ck_assert_uint_eq(judged(hold, 0), 1);
    const struct finding *f = found.first;
    ck_assert_int_eq(f->kind, FINDING_HOLD);
    ck_assert_uint_eq(f->stack, stack_no(1));
    ck_assert_uint_eq(f->amount, 250 * MS);
    ck_assert_str_eq(f->option, "max_hold");
    ck_assert_str_eq(f->what, "a mutex held for 250 ms, the longest of 2 times");
    ck_assert_uint_eq(f->parties[0].stack, stack_no(9));
}
END_TEST

START_TEST(hold_is_not_judged_without_a_limit)
{
    held(stack_no(1), 90000 * MS);
    ck_assert_uint_eq(judged(hold, 0), 0);
}
END_TEST

START_TEST(hold_is_reported_once)
{
    csan__options.max_hold = 100 * MS;
    held(stack_no(1), 250 * MS);
    ck_assert_uint_eq(judged(hold, 0), 1);
    report(hold);
    ck_assert_uint_eq(judged(hold, 0), 0);
}
END_TEST

START_TEST(hold_known_by_its_address_alone_has_a_place)
{
    csan__options.max_hold = 100 * MS;
    struct sync_event e = {.kind = SYNC_EVENT_GAVE,
                           .thread = &waiter,
                           .lock_kind = SYNC_WRITE,
                           .hold_ns = 250 * MS,
                           .other = {.object = 0x100, .pc = 0x4242}};
    hold->sync(&e);
    ck_assert_uint_eq(judged(hold, 0), 1);
    ck_assert_uint_ne(found.first->stack, 0);
    ck_assert_str_eq(found.first->what, "a rwlock held to write for 250 ms");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wait");
    TCase *c = tcase_create("wait");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, wait_up_to_the_limit_is_none);
    tcase_add_test(c, wait_above_the_limit_is_a_finding_at_the_waiter);
    tcase_add_test(c, several_waits_are_told_by_percentiles);
    tcase_add_test(c, holder_of_the_longest_wait_is_named_with_its_stack);
    tcase_add_test(c, load_of_the_machine_is_in_the_report);
    tcase_add_test(c, max_wait_off_finds_nothing);
    tcase_add_test(c, reads_and_writes_are_told_apart);
    tcase_add_test(c, waits_for_conditions_and_joins_are_no_lock_waits);
    tcase_add_test(c, locks_of_one_waiting_place_are_one_finding);
    tcase_add_test(c, finding_is_reported_once);
    tcase_add_test(c, wait_before_the_mark_is_not_judged);
    tcase_add_test(c, p99_is_judged_where_one_in_a_hundred_waits_long);
    tcase_add_test(c, p99_passes_where_one_in_two_hundred_waits_long);
    tcase_add_test(c, waits_for_one_lock_add_up);
    tcase_add_test(c, waits_for_two_locks_do_not_add_up);
    tcase_add_test(c, new_lock_at_an_old_address_begins_anew);
    tcase_add_test(c, lock_beside_the_memory_that_goes_stays);
    tcase_add_test(c, many_locks_are_no_trouble);
    tcase_add_test(c, hold_above_the_limit_is_a_finding_where_it_was_taken);
    tcase_add_test(c, hold_is_not_judged_without_a_limit);
    tcase_add_test(c, hold_is_reported_once);
    tcase_add_test(c, hold_known_by_its_address_alone_has_a_place);
    suite_add_tcase(s, c);
    return suite_run(s);
}
