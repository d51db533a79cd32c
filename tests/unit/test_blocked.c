/* detect/blocked, detect/crowd, detect/hang: threads grouped by where they wait.
 *
 * The threads are real; that they wait is only told. Time is what the tests say it is. */
#include "detect/crowd.h"
#include "detect/hang.h"
#include "tests/unit/sync_events.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <pthread.h>

static const struct detector *blocked = &csan__detector_blocked;
static const struct detector *hang = &csan__detector_hang;
static pthread_barrier_t all_wait, all_go;

struct plan {
    enum sync_kind kind;
    uintptr_t object;
    const char *call;
    bool timed;
    uint32_t stack;
    uint32_t (*place)(struct thread *t, const struct plan *p);
};

/* Two places to wait at. */
__attribute__((noinline)) static uint32_t here(struct thread *t, const struct plan *p)
{
    struct regs at = REGS_OF_CALLER();
    ck_assert(csan__sync_wait_begin(t, p->kind, p->object, p->call, p->timed, &at));
    return csan__stack_here(&at);
}

__attribute__((noinline)) static uint32_t there(struct thread *t, const struct plan *p)
{
    uint32_t stack = here(t, p);
    __asm__ volatile("" ::: "memory");
    return stack;
}

static void *wait_as_planned(void *arg)
{
    struct plan *p = arg;
    struct thread *t = csan__thread_get();
    t->inside = 1;
    p->stack = p->place == there ? there(t, p) : here(t, p);
    pthread_barrier_wait(&all_wait);
    pthread_barrier_wait(&all_go);
    return arg;
}

static struct plan plans[64];
static unsigned nplans;

static void plan(unsigned n, struct plan p)
{
    while (n-- > 0)
        plans[nplans++] = p;
}

/* All that were planned since the last time. */
static void start_all(void)
{
    static unsigned started;
    pthread_t thread;
    pthread_barrier_init(&all_wait, NULL, nplans - started + 1);
    pthread_barrier_init(&all_go, NULL, 1000); /* they wait for good */
    for (; started < nplans; started++)
        ck_assert_int_eq(pthread_create(&thread, NULL, wait_as_planned, &plans[started]), 0);
    pthread_barrier_wait(&all_wait);
}

static const struct plan in_cond = {
    .kind = SYNC_COND, .object = 0x100, .call = "cond", .place = here};
static const struct plan in_sem = {
    .kind = SYNC_SEMAPHORE, .object = 0x200, .call = "sem", .place = there};
static const struct plan in_sleep = {
    .kind = SYNC_SLEEP, .call = "sleep", .timed = true, .place = there};

static void begin(void)
{
    ck_assert_int_eq(csan__stack_init(64), 0);
    csan__options.max_blocked = 16;
    csan__options.blocked_after = 1000 * MS;
    csan__hang_facts = (struct hang_facts){.limit_ns = OPTION_OFF};
    csan__thread_second(); /* as the hook of pthread_create: else it waits for each that waits */
}

static uint64_t later(uint64_t ms)
{
    return csan__os_now_ns() + ms * MS;
}

static void posted_by(int tid, uintptr_t object, uint32_t stack)
{
    struct thread giver = {.tid = tid};
    struct sync_event e = {.kind = SYNC_EVENT_POSTED,
                           .thread = &giver,
                           .object = object,
                           .call = "sem_post",
                           .stack = stack};
    blocked->sync(&e);
}

static void posted(uintptr_t object, uint32_t stack)
{
    posted_by(4711, object, stack);
}

/* One of those that were started. */
static int waiter_tid(void)
{
    struct crowd c;
    ck_assert(csan__crowd_look(later(10), 0, &c));
    return c.groups[0].tids[0];
}

/* What max_blocked finds when all that are planned have waited for so long. */
static uint32_t found_after(uint64_t ms)
{
    start_all();
    ck_assert(!blocked->tick(later(ms)));
    return judged(blocked, 0);
}

/* ------------------------------------------------------------------ crowd */

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

/* ------------------------------------------------------------------ blocked */

/* The verdict looks at the clock of the wall: nobody has waited for so long by that. */
#define FOR_LONG ((uint64_t)60000)

START_TEST(a_crowd_is_looked_for_four_times_in_blocked_after)
{
    csan__options.blocked_after = FOR_LONG * MS;
    plan(17, in_cond);
    start_all();
    uint64_t now = later(FOR_LONG);
    blocked->tick(now);
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
    csan__options.blocked_after = FOR_LONG * MS;
    plan(17, in_cond);
    start_all();
    uint64_t now = later(FOR_LONG);
    blocked->tick(now);
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
    csan__options.blocked_after = FOR_LONG * MS;
    plan(17, in_cond);
    start_all();
    uint64_t now = later(FOR_LONG);
    for (int i = 0; i < 256; i++, now += FOR_LONG * MS) {
        csan__block_new_epoch();
        blocked->tick(now);
    }
    ck_assert_uint_eq(judged(blocked, 0), 1);
    csan__block_new_epoch();
    blocked->tick(now);
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
    posted_by(waiter_tid(), 0x200, stack_no(1));
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

/* ------------------------------------------------------------------ hang */

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
    ck_assert(!hangs_after(2900));
    ck_assert(hang->tick(later(3010)));
}
END_TEST

START_TEST(sleep_that_ends_before_the_time_out_is_no_hang)
{
    under_a_time_out_of(4000);
    struct plan p = _i ? in_cond : in_sleep;
    p.timed = _i;
    plan(1, p);
    start_all();
    ck_assert(!hangs_after(3600));
    ck_assert(hang->tick(later(3700)));
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
}
END_TEST

START_TEST(test_that_stopped_late_is_told_before_its_time_out)
{
    under_a_time_out_of(4000);
    plan(1, in_cond);
    start_all();
    hang->tick(later(0));
    csan__hang_facts.cpu_ns = 500 * MS;
    ck_assert(!hang->tick(later(2500)));
    ck_assert(!hang->tick(later(3600)));
    ck_assert(hang->tick(later(3700)));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("blocked");
    TCase *c = tcase_create("blocked");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, threads_are_grouped_by_the_stack_they_wait_at);
    tcase_add_test(c, those_that_have_just_begun_to_wait_do_not_count);
    tcase_add_test(c, csans_own_thread_is_not_in_the_crowd);
    tcase_add_test(c, only_those_that_have_waited_for_so_long_are_in_the_crowd);
    tcase_add_test(c, a_crowd_knows_who_wakes_by_itself_and_how_long_each_has_waited);
    tcase_add_loop_test(c, of_groups_as_large_the_one_that_has_waited_longest_comes_first, 0, 2);
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
    tcase_add_test(c, what_the_others_do_is_told);
    tcase_add_test(c, nothing_runs_for_hang_after);
    tcase_add_test(c, hang_tells_who_gave_to_the_largest_group);
    tcase_add_test(c, who_uses_the_processor_is_not_hung);
    tcase_add_test(c, hang_after_off_never_hangs);
    tcase_add_test(c, auto_is_three_quarters_of_the_time_out);
    tcase_add_loop_test(c, sleep_that_ends_before_the_time_out_is_no_hang, 0, 2);
    tcase_add_test(c, a_child_is_not_hung_by_what_its_parent_waited_for);
    tcase_add_test(c, test_that_stopped_late_is_told_before_its_time_out);
    suite_add_tcase(s, c);
    return suite_run(s);
}
