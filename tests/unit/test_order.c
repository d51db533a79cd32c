/* detect/order, detect/lock_graph: which orders of locks are inversions, and which only look so.
 *
 * Threads here are records without a thread: what they take is told in their name. */
#include "base/arena.h"
#include "base/options.h"
#include "detect/detector.h"
#include "detect/lock_graph.h"
#include "record/block.h"
#include "record/stack.h"
#include "tests/unit/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct detector *order = &csan__detector_order;
static struct thread threads[8];
static char locks[8][64];
static struct arena scratch;
static struct findings found;

#define A (uintptr_t) locks[0]
#define B (uintptr_t) locks[1]
#define C (uintptr_t) locks[2]
#define D (uintptr_t) locks[3]
#define G (uintptr_t) locks[4]

static void begin(void)
{
    csan__stack_init(64);
    csan__options.lock_order = true;
    for (int i = 0; i < 8; i++)
        threads[i].tid = 1000 + i;
    csan__sync_listen(order->sync, order->hears);
}

__attribute__((noinline)) static void take(int thread, uintptr_t object, enum sync_kind kind)
{
    struct regs at = REGS_OF_CALLER();
    csan__sync_took(&threads[thread], object, kind, &at);
}

static void give(int thread, uintptr_t object)
{
    ck_assert(csan__sync_gave(&threads[thread], object, NULL));
}

/* Each call is a place of its own. */
#define LOCK(thread, object) take(thread, object, SYNC_MUTEX)
#define READ(thread, object) take(thread, object, SYNC_READ)
#define WRITE(thread, object) take(thread, object, SYNC_WRITE)
#define BOTH(thread, x, y)                                                                         \
    do {                                                                                           \
        LOCK(thread, x);                                                                           \
        LOCK(thread, y);                                                                           \
        give(thread, y);                                                                           \
        give(thread, x);                                                                           \
    } while (0)

#define INVERTED(x, y)                                                                             \
    do {                                                                                           \
        BOTH(0, x, y);                                                                             \
        BOTH(1, y, x);                                                                             \
    } while (0)

static uint32_t verdict_since(uint32_t since)
{
    csan__findings_init(&found, &scratch);
    ck_assert_int_eq(order->judge(since, NULL, &found), 0);
    ck_assert(csan__lock_graph_is_valid());
    for (const struct finding *f = found.first; f; f = f->next) {
        ck_assert_int_eq(f->kind, FINDING_LOCK_ORDER);
        ck_assert_str_eq(f->option, "lock_order");
    }
    return found.count;
}

static uint32_t verdict(void)
{
    return verdict_since(0);
}

/* ------------------------------------------------------------------ inversions */

START_TEST(both_orders_by_two_threads_are_one_with_all_stacks)
{
    INVERTED(A, B);
    ck_assert_uint_eq(verdict(), 1);
    const struct finding *f = found.first;
    char what[128];
    snprintf(what, sizeof what, "mutex 0x%lx and mutex 0x%lx are taken in both orders", B, A);
    ck_assert_str_eq(f->what, what);
    ck_assert_uint_eq(f->count, 1);
    ck_assert_uint_eq(f->nparties, 3);
    snprintf(what, sizeof what, "holding mutex 0x%lx, taken", B);
    ck_assert_str_eq(f->parties[0].label, what);
    snprintf(what, sizeof what, "thread 1000 takes 0x%lx after 0x%lx", B, A);
    ck_assert_str_eq(f->parties[1].label, what);
    snprintf(what, sizeof what, "and held mutex 0x%lx, taken", A);
    ck_assert_str_eq(f->parties[2].label, what);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_ne(f->parties[i].stack, 0);
    ck_assert_uint_ne(f->stack, f->parties[1].stack);
}
END_TEST

START_TEST(both_orders_by_one_thread_are_none)
{
    BOTH(0, A, B);
    BOTH(0, B, A);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(one_order_by_two_threads_is_none)
{
    BOTH(0, A, B);
    BOTH(1, A, B);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(a_thread_that_comes_later_makes_it_one)
{
    BOTH(0, A, B);
    BOTH(0, B, A);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(a_lock_far_out_counts_as_held)
{
    LOCK(0, A);
    LOCK(0, C);
    LOCK(0, B);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(given_back_in_between_it_is_none)
{
    LOCK(0, A);
    give(0, A);
    LOCK(0, B);
    give(0, B);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

/* ------------------------------------------------------------------ gates */

/* What each of two threads holds around its pair of locks; SYNC_NONE: nothing. */
static const struct gates {
    enum sync_kind first, second;
    bool are_two; /* a lock each */
    uint32_t findings;
} gates[] = {
    {SYNC_MUTEX, SYNC_MUTEX, false, 0}, {SYNC_MUTEX, SYNC_NONE, false, 1},
    {SYNC_MUTEX, SYNC_MUTEX, true, 1},  {SYNC_READ, SYNC_READ, false, 1},
    {SYNC_READ, SYNC_WRITE, false, 0},  {SYNC_WRITE, SYNC_WRITE, false, 0},
};

START_TEST(a_gate_that_both_hold_makes_it_none)
{
    const struct gates *g = &gates[_i];
    if (g->first != SYNC_NONE)
        take(0, G, g->first);
    BOTH(0, A, B);
    if (g->second != SYNC_NONE)
        take(1, g->are_two ? C : G, g->second);
    BOTH(1, B, A);
    ck_assert_msg(verdict() == g->findings, "gates %d: %u findings", _i, found.count);
}
END_TEST

START_TEST(without_its_gate_later_it_is_one)
{
    LOCK(0, G);
    BOTH(0, A, B);
    give(0, G);
    LOCK(1, G);
    BOTH(1, B, A);
    give(1, G);
    ck_assert_uint_eq(verdict(), 0);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

/* ------------------------------------------------------------------ readers */

START_TEST(readers_on_both_sides_are_none)
{
    READ(0, A);
    READ(0, B);
    READ(1, B);
    READ(1, A);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(where_two_only_read_one_lock_it_is_none)
{
    READ(0, A);
    READ(0, B);
    READ(1, B);
    WRITE(1, A);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(whoever_of_the_two_comes_first)
{
    READ(1, B);
    WRITE(1, A);
    give(1, A);
    give(1, B);
    READ(0, A);
    READ(0, B);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(readers_that_both_want_to_write_are_one)
{
    READ(0, A);
    WRITE(0, B);
    give(0, B);
    give(0, A);
    READ(1, B);
    WRITE(1, A);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

/* ------------------------------------------------------------------ circles: who takes what */

struct circle {
    const char *pairs; /* two letters a pair, each by the next thread */
    int threads;
    uint32_t findings;
};
static const struct circle circles[] = {
    {"ABBA", 2, 1},     {"ABBCCA", 3, 1},   {"ABBCCDDA", 4, 1}, {"ABCABC", 3, 1},
    {"ABCDBCDA", 4, 1}, {"ABCDBDDA", 4, 1}, {"ABBCCA", 2, 0},   {"ABBCCDDA", 3, 0},
    {"ABBCCA", 1, 0},   {"ABBCAC", 3, 0},   {"ABBCCD", 3, 0},
};

START_TEST(circles_of_many_locks)
{
    const struct circle *c = &circles[_i];
    int n = 0;
    for (const char *p = c->pairs; *p; p += 2, n++)
        BOTH(n % c->threads, (uintptr_t)locks[p[0] - 'A'], (uintptr_t)locks[p[1] - 'A']);
    ck_assert_msg(verdict() == c->findings, "%s by %d threads: %u findings", c->pairs, c->threads,
                  found.count);
}
END_TEST

START_TEST(a_circle_of_three_names_them)
{
    BOTH(0, A, B);
    BOTH(1, B, C);
    BOTH(2, C, A);
    ck_assert_uint_eq(verdict(), 1);
    char what[160];
    snprintf(what, sizeof what,
             "3 locks are taken in a circle: mutex 0x%lx, mutex 0x%lx, mutex 0x%lx", C, A, B);
    ck_assert_str_eq(found.first->what, what);
    ck_assert_uint_eq(found.first->nparties, 5);
}
END_TEST

/* B to A both at once and by way of C and D; A to B comes last, whichever way was first. */
START_TEST(of_circles_that_overlap_the_shortest_is_told)
{
    if (_i)
        BOTH(1, B, A);
    BOTH(2, B, C);
    BOTH(3, C, D);
    BOTH(4, D, A);
    if (!_i)
        BOTH(1, B, A);
    BOTH(0, A, B);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_ptr_nonnull(strstr(found.first->what, "are taken in both orders"));
}
END_TEST

START_TEST(a_circle_that_holds_one_lock_twice_is_none)
{
    /* A is given back before C is taken: the two never meet (sanitizers issue 814) */
    LOCK(0, A);
    LOCK(0, B);
    give(0, A);
    LOCK(0, C);
    give(0, C);
    give(0, B);
    BOTH(1, C, A);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(taken_again_behind_another_by_one_thread_is_none)
{
    /* while others take one at a time (sanitizers issue 488) */
    LOCK(0, A);
    LOCK(0, B);
    give(0, A);
    LOCK(0, A);
    give(0, A);
    give(0, B);
    LOCK(1, A);
    give(1, A);
    LOCK(1, B);
    give(1, B);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

/* ------------------------------------------------------------------ lives */

static void gone(uintptr_t object, size_t bytes)
{
    order->sync(&(struct sync_event){
        .kind = SYNC_EVENT_GONE, .object = object, .bytes = bytes, .call = "free"});
}

START_TEST(a_destroyed_lock_is_forgotten)
{
    BOTH(0, A, B);
    gone(A, 40);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 0);
    BOTH(0, A, B);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(a_lock_that_goes_while_the_one_around_it_stays_is_forgotten)
{
    BOTH(0, A, B);
    gone(B, 40);
    ck_assert_uint_eq(csan__lock_graph_count(), 1);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 0);
    BOTH(0, C, B);
    BOTH(0, A, B);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(freed_memory_takes_its_locks_along)
{
    BOTH(0, A, B);
    gone(A - 100000, 200000);
    ck_assert_uint_eq(csan__lock_graph_count(), 0);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(all_the_address_space_may_go)
{
    BOTH(0, A, B);
    gone(4096, (size_t)1 << 47);
    ck_assert_uint_eq(csan__lock_graph_count(), 0);
    ck_assert(csan__lock_graph_is_valid());
}
END_TEST

START_TEST(what_lies_beside_is_kept)
{
    BOTH(0, A, B);
    gone(A + 1, B - A - 1);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(a_lock_on_a_stack_counts_from_its_initialisation_on)
{
    char here[2][64];
    uintptr_t x = (uintptr_t)here[0], y = (uintptr_t)here[1];
    struct thread *self = csan__thread_get();
    csan__thread_learn_stack(self);
    ck_assert(self->stack_lo <= x && x < self->stack_hi);
    BOTH(0, x, y);
    BOTH(1, y, x);
    ck_assert_uint_eq(verdict(), 0);
    order->sync(&(struct sync_event){.kind = SYNC_EVENT_GONE, .object = x, .bytes = 40});
    order->sync(&(struct sync_event){.kind = SYNC_EVENT_GONE, .object = y, .bytes = 40});
    BOTH(2, x, y);
    BOTH(3, y, x);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(a_child_begins_anew)
{
    INVERTED(A, B);
    order->forked();
    ck_assert_uint_eq(verdict(), 0);
    BOTH(1, B, A);
    ck_assert_uint_eq(verdict(), 0);
    BOTH(0, A, B);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

/* ------------------------------------------------------------------ many */

START_TEST(pairs_alike_are_one_finding_with_a_count)
{
    static char pairs[100][2][64];
    for (int i = 0; i < 100; i++) {
        BOTH(0, (uintptr_t)pairs[i][0], (uintptr_t)pairs[i][1]);
        BOTH(1, (uintptr_t)pairs[i][1], (uintptr_t)pairs[i][0]);
    }
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_uint_eq(found.first->count, 100);
}
END_TEST

START_TEST(the_same_pair_at_many_places_is_one_finding)
{
    INVERTED(A, B);
    BOTH(2, A, B);
    BOTH(3, B, A);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_uint_eq(found.first->count, 1);
}
END_TEST

START_TEST(a_thousand_locks_may_be_held)
{
    static char held[1024][64];
    for (int i = 0; i < 1024; i++)
        LOCK(0, (uintptr_t)held[i]);
    ck_assert_uint_eq(verdict(), 0);
    BOTH(1, (uintptr_t)held[1023], (uintptr_t)held[0]);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(a_million_locks_may_live)
{
    enum { ALIVE = 1000000, STEP = 64 };
    char *many = malloc((size_t)ALIVE * STEP);
    LOCK(0, G);
    for (size_t i = 0; i < ALIVE; i++) {
        LOCK(0, (uintptr_t)many + i * STEP);
        give(0, (uintptr_t)many + i * STEP);
    }
    give(0, G);
    ck_assert_uint_eq(csan__lock_graph_count(), ALIVE + 1);
    ck_assert_uint_eq(verdict(), 0);
    BOTH(1, (uintptr_t)many + 777777 * STEP, G);
    ck_assert_uint_eq(verdict(), 1);
    gone((uintptr_t)many, (size_t)ALIVE * STEP);
    ck_assert_uint_eq(csan__lock_graph_count(), 1);
    free(many);
}
END_TEST

START_TEST(memory_of_forgotten_locks_is_used_again)
{
    for (int i = 0; i < 200000; i++) {
        BOTH(0, A, B);
        gone(A, 40);
        gone(B, 40);
    }
    ck_assert_uint_eq(csan__lock_graph_count(), 0);
    char *before = csan__arena_alloc(16);
    for (int i = 0; i < 1000; i++) {
        BOTH(0, A, B);
        gone(A, 40);
        gone(B, 40);
    }
    char *after = csan__arena_alloc(16);
    ck_assert_ptr_eq(before + 16, after);
}
END_TEST

START_TEST(without_memory_it_knows_less)
{
    static char many[40000][64];
    LOCK(0, G);
    for (size_t i = 0; i < CSAN_COUNT(many); i++) {
        csan__arena_fail_nth(1);
        LOCK(0, (uintptr_t)many[i]);
        csan__arena_fail_nth(0);
        give(0, (uintptr_t)many[i]);
    }
    give(0, G);
    ck_assert_uint_lt(csan__lock_graph_count(), CSAN_COUNT(many));
    ck_assert_uint_eq(verdict(), 0);
    INVERTED(A, B);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

/* ------------------------------------------------------------------ verdicts */

START_TEST(a_second_verdict_has_it_no_more)
{
    INVERTED(A, B);
    ck_assert_uint_eq(verdict(), 1);
    order->reported(&found);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(what_was_before_the_mark_is_not_judged)
{
    INVERTED(A, B);
    uint32_t since = csan__block_new_epoch();
    ck_assert_uint_eq(verdict_since(since), 0);
    BOTH(2, C, D);
    BOTH(3, D, C);
    ck_assert_uint_eq(verdict_since(since), 1);
}
END_TEST

START_TEST(switched_off_it_hears_nothing)
{
    csan__options.lock_order = false;
    INVERTED(A, B);
    ck_assert_uint_eq(verdict(), 0);
    ck_assert_uint_eq(csan__lock_graph_count(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *t = tcase_create("orders");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_add_test(t, both_orders_by_two_threads_are_one_with_all_stacks);
    tcase_add_test(t, both_orders_by_one_thread_are_none);
    tcase_add_test(t, one_order_by_two_threads_is_none);
    tcase_add_test(t, a_thread_that_comes_later_makes_it_one);
    tcase_add_test(t, a_lock_far_out_counts_as_held);
    tcase_add_test(t, given_back_in_between_it_is_none);
    tcase_add_loop_test(t, a_gate_that_both_hold_makes_it_none, 0, (int)CSAN_COUNT(gates));
    tcase_add_test(t, without_its_gate_later_it_is_one);
    tcase_add_test(t, readers_on_both_sides_are_none);
    tcase_add_test(t, where_two_only_read_one_lock_it_is_none);
    tcase_add_test(t, whoever_of_the_two_comes_first);
    tcase_add_test(t, readers_that_both_want_to_write_are_one);
    tcase_add_loop_test(t, circles_of_many_locks, 0, (int)CSAN_COUNT(circles));
    tcase_add_test(t, a_circle_of_three_names_them);
    tcase_add_loop_test(t, of_circles_that_overlap_the_shortest_is_told, 0, 2);
    tcase_add_test(t, a_circle_that_holds_one_lock_twice_is_none);
    tcase_add_test(t, taken_again_behind_another_by_one_thread_is_none);
    tcase_add_test(t, a_destroyed_lock_is_forgotten);
    tcase_add_test(t, a_lock_that_goes_while_the_one_around_it_stays_is_forgotten);
    tcase_add_test(t, freed_memory_takes_its_locks_along);
    tcase_add_test(t, all_the_address_space_may_go);
    tcase_add_test(t, what_lies_beside_is_kept);
    tcase_add_test(t, a_lock_on_a_stack_counts_from_its_initialisation_on);
    tcase_add_test(t, a_child_begins_anew);
    tcase_add_test(t, pairs_alike_are_one_finding_with_a_count);
    tcase_add_test(t, the_same_pair_at_many_places_is_one_finding);
    tcase_add_test(t, a_thousand_locks_may_be_held);
    tcase_add_test(t, a_million_locks_may_live);
    tcase_add_test(t, memory_of_forgotten_locks_is_used_again);
    tcase_add_test(t, without_memory_it_knows_less);
    tcase_add_test(t, a_second_verdict_has_it_no_more);
    tcase_add_test(t, what_was_before_the_mark_is_not_judged);
    tcase_add_test(t, switched_off_it_hears_nothing);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
