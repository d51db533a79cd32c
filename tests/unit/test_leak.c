/* detect/leak: which lost blocks are findings, and how they are grouped, weighed and remembered.
 *
 * The worlds here have no mappings: the only roots are the ones that a test gives. */
#include "base/arena.h"
#include "base/options.h"
#include "detect/detector.h"
#include "record/block_map.h"
#include "tests/unit/graph.h"
#include "tests/unit/suite.h"

#include <errno.h>

static const struct detector *leak = &csan__detector_leak;
static struct arena scratch;
static struct findings found;
static uintptr_t roots[64];
static uint32_t nroots;

static void begin(void)
{
    begin_account();
    csan__options.max_leak = 0;
}

static void add_root(const void *p)
{
    roots[nroots++] = (uintptr_t)p;
}

static int judge(uint32_t since)
{
    struct range extra = {(uintptr_t)roots, (uintptr_t)(roots + nroots)};
    struct world w = {.scratch = &scratch, .extra_roots = &extra, .nextra = 1};
    csan__findings_init(&found, &scratch);
    return leak->judge(since, &w, &found);
}

/* Findings of a whole verdict, largest first. */
static uint32_t verdict(uint32_t since)
{
    ck_assert_int_eq(judge(since), 0);
    leak->weigh(&found);
    uint32_t n = 0;
    for (const struct finding *f = found.first; f; f = f->next, n++)
        ck_assert_int_eq(f->kind, FINDING_LEAK);
    ck_assert_uint_eq(n, found.count);
    return n;
}

static const struct finding *of_stack(uint32_t stack)
{
    for (const struct finding *f = found.first; f; f = f->next)
        if (f->stack == stack)
            return f;
    return NULL;
}

static void expect(uint32_t stack, uint64_t count, uint64_t bytes, uint64_t behind_count,
                   uint64_t behind_bytes)
{
    const struct finding *f = of_stack(stack);
    ck_assert_msg(f != NULL, "no finding of stack %u", stack);
    ck_assert_uint_eq(f->count, count);
    ck_assert_uint_eq(f->amount, bytes + behind_bytes);
    ck_assert_uint_eq(f->behind_count, behind_count);
    ck_assert_uint_eq(f->behind_bytes, behind_bytes);
    ck_assert_str_eq(f->option, "max_leak");
}

static void point(void *from, size_t offset, const void *to)
{
    memcpy((char *)from + offset, &to, sizeof to);
}

/* A block with room for four pointers. */
static char *node(uint32_t stack)
{
    return born(32, stack);
}

/* ------------------------------------------------------------------ what is lost */

START_TEST(a_block_that_nothing_points_to_is_a_leak)
{
    born(100, 42);
    ck_assert_uint_eq(verdict(0), 1);
    expect(42, 1, 100, 0, 0);
    ck_assert_str_eq(found.first->what, "100 B in 1 block never freed");
}
END_TEST

START_TEST(a_reachable_block_is_none)
{
    char *p = node(1);
    add_root(p);
    point(p, 8, born(100000, 2));
    ck_assert_uint_eq(verdict(0), 0);
}
END_TEST

START_TEST(blocks_of_one_stack_are_one_finding)
{
    for (int i = 0; i < 32; i++)
        born(64, 42);
    born(10, 43);
    ck_assert_uint_eq(verdict(0), 2);
    expect(42, 32, 2048, 0, 0);
    expect(43, 1, 10, 0, 0);
    ck_assert_str_eq(found.first->what, "2.0 KiB in 32 blocks never freed");
}
END_TEST

START_TEST(an_empty_block_counts_as_one_byte)
{
    born(0, 1);
    char *p = node(2);
    point(p, 0, born(0, 3));
    ck_assert_uint_eq(verdict(0), 2);
    expect(1, 1, 1, 0, 0);
    expect(2, 1, 32, 1, 1);
    ck_assert_str_eq(of_stack(1)->what, "1 B in 1 block never freed");
}
END_TEST

START_TEST(a_damaged_block_is_a_leak_of_unknown_stack)
{
    char *p = born(24, 7);
    memset(p + 24, 'x', 16);
    ck_assert_uint_eq(verdict(csan__block_epoch()), 1);
    expect(0, 1, malloc_usable_size(p) - BLOCK_TAIL, 0, 0);
}
END_TEST

/* ------------------------------------------------------------------ direct and behind */

START_TEST(what_hangs_on_a_lost_block_is_behind_it)
{
    char *a = node(1), *b = node(2), *c = born(100, 3), *d = born(200000, 4);
    point(a, 0, b);
    point(b, 16, c + 99);
    point(b, 24, d + 150000);
    ck_assert_uint_eq(verdict(0), 1);
    expect(1, 1, 32, 3, 32 + 100 + 200000);
}
END_TEST

START_TEST(the_order_of_addresses_does_not_matter)
{
    char *all[5];
    for (uint32_t i = 0; i < 5; i++)
        all[i] = node(i + 1);
    for (int i = 4; i > 0; i--)
        point(all[i], 0, all[i - 1]); /* the highest address is the head */
    ck_assert_uint_eq(verdict(0), 1);
    expect(5, 1, 32, 4, 128);
}
END_TEST

START_TEST(a_cycle_is_one_finding)
{
    char *a = node(1), *b = node(1), *c = node(1);
    point(a, 0, b);
    point(b, 0, c);
    point(c, 0, a);
    char *self = node(2);
    point(self, 8, self);
    ck_assert_uint_eq(verdict(0), 2);
    expect(1, 1, 32, 2, 64);
    expect(2, 1, 32, 0, 0);
}
END_TEST

START_TEST(a_cycle_behind_a_block_and_a_cycle_before_one_are_told_apart)
{
    char *a = node(1), *b = node(2), *head = node(3), *tail = node(4), *c = node(5), *d = node(6);
    point(a, 0, b);
    point(b, 0, a);
    point(head, 0, b); /* head ► {a b} */
    point(c, 0, d);
    point(d, 0, c);
    point(c, 8, tail); /* {c d} ► tail */
    ck_assert_uint_eq(verdict(0), 2);
    expect(3, 1, 32, 2, 64);
    const struct finding *cycle = of_stack(c < d ? 5 : 6);
    ck_assert(cycle && cycle->behind_count == 2 && cycle->count == 1);
}
END_TEST

START_TEST(what_two_lost_blocks_share_is_counted_once)
{
    char *a = node(1), *b = node(2), *shared = born(1000, 3);
    point(a, 0, shared);
    point(b, 0, shared);
    ck_assert_uint_eq(verdict(0), 2);
    ck_assert_uint_eq(of_stack(1)->amount + of_stack(2)->amount, 1064);
    ck_assert_uint_eq(of_stack(1)->behind_count + of_stack(2)->behind_count, 1);
}
END_TEST

START_TEST(a_long_lost_list_is_one_finding)
{
    enum { N = 100000 };
    char *head = NULL;
    for (uint32_t i = 0; i < N; i++) {
        char *p = born(16, i + 1);
        point(p, 0, head);
        head = p;
    }
    ck_assert_uint_eq(verdict(0), 1);
    expect(N, 1, 16, N - 1, 16 * (N - 1));
}
END_TEST

/* ------------------------------------------------------------------ marks, ignoring */

START_TEST(only_blocks_younger_than_the_mark_are_judged)
{
    char *old = node(1);
    uint32_t mark = csan__block_new_epoch();
    char *young = node(2), *behind_old = node(3), *behind_young = node(4);
    point(old, 0, behind_old); /* reached only from what is lost, but not of this time */
    point(young, 0, behind_young);
    ck_assert_uint_eq(verdict(mark), 2);
    expect(2, 1, 32, 1, 32);
    expect(3, 1, 32, 0, 0);
    ck_assert_uint_eq(verdict(0), 2);
    expect(1, 1, 32, 1, 32);
    expect(2, 1, 32, 1, 32);
    ck_assert_uint_eq(verdict(csan__block_new_epoch()), 0);
}
END_TEST

START_TEST(an_ignored_block_is_no_leak_and_keeps_what_it_points_to)
{
    char *ignored = node(1), *kept = node(2), *kept_too = born(70000, 3);
    point(ignored, 0, kept);
    point(kept, 0, kept_too);
    ck_assert(csan__block_ignore((uintptr_t)ignored));
    node(4);
    ck_assert_uint_eq(verdict(0), 1);
    expect(4, 1, 32, 0, 0);
}
END_TEST

/* ------------------------------------------------------------------ weighing */

START_TEST(leaks_up_to_the_limit_are_dropped_and_all_are_kept_above_it)
{
    born(60, 1);
    char *p = born(32, 2);
    point(p, 0, born(8, 3));
    csan__options.max_leak = 100;
    ck_assert_uint_eq(verdict(0), 0);
    ck_assert_ptr_null(found.first);
    csan__options.max_leak = 99;
    ck_assert_uint_eq(verdict(0), 2);
}
END_TEST

START_TEST(nothing_is_judged_when_the_check_is_off)
{
    born(60, 1);
    csan__options.max_leak = OPTION_OFF;
    ck_assert_int_eq(judge(0), 0);
    ck_assert_uint_eq(found.count, 0);
}
END_TEST

START_TEST(the_largest_leak_comes_first_and_other_findings_stay)
{
    uint64_t random = 3, last = UINT64_MAX;
    for (uint32_t i = 1; i <= 500; i++)
        born(next_random(&random) % 100000, i);
    ck_assert_int_eq(judge(0), 0);
    struct finding *other = csan__findings_add(&found, FINDING_WAIT);
    other->amount = 1;
    leak->weigh(&found);
    ck_assert_uint_eq(found.count, 501);
    ck_assert_ptr_eq(found.first, other);
    uint32_t n = 0;
    for (const struct finding *f = other->next; f; f = f->next, n++) {
        ck_assert_uint_le(f->amount, last);
        last = f->amount;
    }
    ck_assert_uint_eq(n, 500);
    csan__findings_add(&found, FINDING_HOLD); /* the list's end is whole */
    ck_assert_uint_eq(found.count, 502);
    csan__options.max_leak = UINT64_MAX / 2;
    leak->weigh(&found);
    ck_assert_uint_eq(found.count, 2);
    ck_assert_int_eq(found.first->next->kind, FINDING_HOLD);
    ck_assert_ptr_null(found.first->next->next);
}
END_TEST

/* ------------------------------------------------------------------ again */

START_TEST(what_was_reported_is_not_found_again_but_a_new_leak_of_its_stack_is)
{
    char *p = node(1);
    point(p, 0, node(2));
    born(100000, 3);
    ck_assert_uint_eq(verdict(0), 2);
    leak->reported(&found);
    ck_assert_uint_eq(verdict(0), 0);
    born(100000, 3);
    born(5, 1);
    ck_assert_uint_eq(verdict(0), 2);
    expect(3, 1, 100000, 0, 0);
    expect(1, 1, 5, 0, 0);
}
END_TEST

START_TEST(what_was_found_but_not_reported_is_found_again)
{
    born(50, 1);
    born(60, 2);
    ck_assert_uint_eq(verdict(0), 2);
    ck_assert_uint_eq(found.first->stack, 2);
    found.first = found.first->next; /* stack 2 is suppressed */
    found.count--;
    leak->reported(&found);
    ck_assert_uint_eq(verdict(0), 1);
    expect(2, 1, 60, 0, 0);
    ck_assert_uint_eq(verdict(0), 1); /* and again, when nobody reports */
}
END_TEST

START_TEST(telling_of_reports_without_a_verdict_does_nothing)
{
    born(50, 1);
    csan__findings_init(&found, &scratch);
    csan__findings_add(&found, FINDING_LEAK)->stack = 1;
    leak->reported(&found);
    ck_assert_uint_eq(verdict(0), 1);
}
END_TEST

START_TEST(without_memory_there_is_no_verdict_and_no_trace_of_it)
{
    char *p = node(1);
    add_root(p);
    born(100, 2);
    int failures = 0;
    for (unsigned nth = 1; nth < 8; nth++) {
        csan__block_fail_nth(nth);
        int failed = judge(0);
        csan__block_fail_nth(0);
        ck_assert(failed == 0 || failed == -ENOMEM);
        failures += failed != 0;
    }
    ck_assert_int_ge(failures, 4);
    ck_assert_uint_eq(verdict(0), 1);
    expect(2, 1, 100, 0, 0);
}
END_TEST

/* ------------------------------------------------------------------ against a naive judgement */

enum { NODES = 60 };

static struct {
    char *p;
    bool points_to[NODES];
    bool is_old, is_ignored, is_root;
} all[NODES];

static bool reaches[NODES][NODES]; /* by paths among judged blocks alone; each reaches itself */

static bool is_hidden(int i)
{
    return all[i].is_old || all[i].is_ignored;
}

static void make_random_graph(uint64_t seed)
{
    uint64_t random = seed * 77 + 1;
    uint64_t edges = next_random(&random) % 4; /* from none to dense */
    for (uint32_t i = 0; i < NODES; i++) {
        if (i == NODES / 5)
            csan__block_new_epoch();
        all[i].is_old = i < NODES / 5;
        all[i].p = born(NODES * 8, i + 1);
        all[i].is_ignored = next_random(&random) % 10 == 0;
        all[i].is_root = next_random(&random) % 20 == 0;
        if (all[i].is_ignored)
            ck_assert(csan__block_ignore((uintptr_t)all[i].p));
        if (all[i].is_root)
            add_root(all[i].p + next_random(&random) % (NODES * 8));
    }
    for (size_t i = 0; i < NODES; i++)
        for (size_t k = 0; k < NODES; k++) {
            if (next_random(&random) % 60 >= edges)
                continue;
            all[i].points_to[k] = true;
            point(all[i].p, k * 8, all[k].p + next_random(&random) % (NODES * 8));
        }
}

/* Warshall: with `in` saying which blocks take part. */
static void close_paths(const bool *in)
{
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < NODES; k++)
            reaches[i][k] = in[i] && in[k] && (all[i].points_to[k] || i == k);
    for (int via = 0; via < NODES; via++)
        for (int i = 0; i < NODES; i++)
            for (int k = 0; k < NODES; k++)
                reaches[i][k] |= reaches[i][via] && reaches[via][k];
}

static int count_judged(bool *judged)
{
    int n = 0;
    for (int i = 0; i < NODES; i++)
        judged[i] = true;
    close_paths(judged);
    for (int k = 0; k < NODES; k++) {
        bool alive = false;
        for (int i = 0; i < NODES; i++)
            alive |= (all[i].is_root || all[i].is_ignored) && reaches[i][k];
        judged[k] = !alive && !is_hidden(k);
        n += judged[k];
    }
    return n;
}

/* Of a group that nothing outside of it reaches, the block with the lowest address. */
static bool is_direct(int k)
{
    for (int i = 0; i < NODES; i++) {
        if (reaches[i][k] && !reaches[k][i])
            return false;
        if (reaches[i][k] && all[i].p < all[k].p)
            return false;
    }
    return true;
}

START_TEST(random_graphs_are_judged_as_by_a_naive_judge)
{
    bool judged[NODES];
    uint64_t blocks = 0, direct = 0;
    make_random_graph((uint64_t)_i);
    int n = count_judged(judged);
    close_paths(judged);
    verdict(csan__block_epoch());
    for (int i = 0; i < NODES; i++) {
        const struct finding *f = of_stack((uint32_t)i + 1);
        ck_assert_int_eq(f != NULL, judged[i] && is_direct(i));
        if (!f)
            continue;
        uint64_t most = 0;
        for (int k = 0; k < NODES; k++)
            most += reaches[i][k];
        ck_assert_uint_eq(f->count, 1);
        ck_assert_uint_eq(f->amount, (1 + f->behind_count) * NODES * 8);
        ck_assert_uint_le(1 + f->behind_count, most);
        blocks += 1 + f->behind_count;
        direct++;
    }
    ck_assert_uint_eq(direct, found.count);
    ck_assert_uint_eq(blocks, (uint64_t)n);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("leak");
    TCase *t = tcase_create("leak");
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_block_that_nothing_points_to_is_a_leak);
    tcase_add_test(t, a_reachable_block_is_none);
    tcase_add_test(t, blocks_of_one_stack_are_one_finding);
    tcase_add_test(t, an_empty_block_counts_as_one_byte);
    tcase_add_test(t, a_damaged_block_is_a_leak_of_unknown_stack);
    tcase_add_test(t, what_hangs_on_a_lost_block_is_behind_it);
    tcase_add_test(t, the_order_of_addresses_does_not_matter);
    tcase_add_test(t, a_cycle_is_one_finding);
    tcase_add_test(t, a_cycle_behind_a_block_and_a_cycle_before_one_are_told_apart);
    tcase_add_test(t, what_two_lost_blocks_share_is_counted_once);
    tcase_add_test(t, a_long_lost_list_is_one_finding);
    tcase_add_test(t, only_blocks_younger_than_the_mark_are_judged);
    tcase_add_test(t, an_ignored_block_is_no_leak_and_keeps_what_it_points_to);
    tcase_add_test(t, leaks_up_to_the_limit_are_dropped_and_all_are_kept_above_it);
    tcase_add_test(t, nothing_is_judged_when_the_check_is_off);
    tcase_add_test(t, the_largest_leak_comes_first_and_other_findings_stay);
    tcase_add_test(t, what_was_reported_is_not_found_again_but_a_new_leak_of_its_stack_is);
    tcase_add_test(t, what_was_found_but_not_reported_is_found_again);
    tcase_add_test(t, telling_of_reports_without_a_verdict_does_nothing);
    tcase_add_test(t, without_memory_there_is_no_verdict_and_no_trace_of_it);
    tcase_add_loop_test(t, random_graphs_are_judged_as_by_a_naive_judge, 0, 100);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return suite_run(suite());
}
