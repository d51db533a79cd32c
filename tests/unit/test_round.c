/* record/round: what lived at the end of each round, by stack. */
#include "record/round.h"
#include "base/os.h"
#include "record/stack.h"
#include "tests/unit/graph.h"
#include "tests/unit/suite.h"

#include <errno.h>

static uint32_t stack_a, stack_b;

static void setup(void)
{
    uintptr_t pc[] = {0x1000, 0x2000};
    begin_account();
    ck_assert_int_eq(csan__stack_init(8), 0);
    stack_a = csan__stack_keep(pc, 1, true);
    stack_b = csan__stack_keep(pc + 1, 1, true);
    ck_assert(stack_a && stack_b && stack_a != stack_b);
}

static const struct rounds *end_round(const char *name)
{
    ck_assert_int_eq(csan__round_take(name, 0), 0);
    ck_assert(csan__round_is_valid());
    for (const struct rounds *r = csan__round_first(); r; r = r->next)
        if (!r->is_test && strncmp(r->name, name, ROUND_NAME_MAX - 1) == 0)
            return r;
    ck_abort_msg("no rounds of %s", name);
}

static const struct round_row *row_of(const struct rounds *r, uint32_t stack)
{
    for (uint32_t i = 0; i < r->nrows; i++)
        if (r->rows[i].stack == stack)
            return &r->rows[i];
    return NULL;
}

START_TEST(a_series_has_the_level_at_the_end_of_each_round)
{
    static const size_t sizes[] = {16, 0, 40, 100};
    const struct rounds *r = end_round("r");
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < CSAN_COUNT(sizes); i++) {
        born(sizes[i], stack_a);
        bytes += sizes[i] ? sizes[i] : 1;
        ck_assert_ptr_eq(end_round("r"), r);
        ck_assert_uint_eq(r->count, i + 2);
        ck_assert_uint_eq(row_of(r, stack_a)->series->bytes[i + 1], bytes);
        ck_assert_uint_eq(row_of(r, stack_a)->series->blocks[i + 1], i + 1);
        ck_assert_uint_eq(row_of(r, stack_a)->series->bytes[0], 0);
    }
}
END_TEST

START_TEST(what_stays_as_it_is_needs_no_series)
{
    born(64, stack_a);
    const struct rounds *r = end_round("r");
    for (int i = 0; i < 5; i++)
        end_round("r");
    ck_assert_ptr_null(row_of(r, stack_a)->series);
    ck_assert_uint_eq(row_of(r, stack_a)->bytes, 64);
    void *p = born(8, stack_a);
    end_round("r");
    const struct round_series *s = row_of(r, stack_a)->series;
    ck_assert(s->bytes[0] == 64 && s->bytes[5] == 64 && s->bytes[6] == 72 && s->blocks[6] == 2);
    died(p);
    end_round("r");
    ck_assert_uint_eq(s->bytes[7], 64);
}
END_TEST

START_TEST(ignored_blocks_do_not_count)
{
    void *p = born(64, stack_a);
    born(8, stack_b);
    ck_assert(csan__block_ignore((uintptr_t)p));
    const struct rounds *r = end_round("r");
    ck_assert_ptr_null(row_of(r, stack_a));
    ck_assert_uint_eq(row_of(r, stack_b)->bytes, 8);
}
END_TEST

START_TEST(however_many_rounds_a_series_stays_even)
{
    const struct rounds *r = NULL;
    for (uint32_t i = 1; i <= 1000; i++) {
        born(16, stack_a);
        r = end_round("many");
    }
    const struct round_series *s = row_of(r, stack_a)->series;
    ck_assert_uint_eq(r->count, 1000);
    ck_assert_uint_gt(r->ncolumns, ROUND_COLUMNS / 2 - 1);
    for (uint32_t i = 0; i < r->ncolumns; i++)
        ck_assert_uint_eq(s->bytes[i], 16 * (i + 1) * r->stride);
}
END_TEST

START_TEST(each_name_has_rounds_of_its_own_and_is_cut)
{
    char longer[ROUND_NAME_MAX + 9];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = 0;
    const struct rounds *a = end_round("a"), *b = end_round("b"), *c = end_round(longer);
    ck_assert(a != b && b != c && a->count == 1);
    longer[ROUND_NAME_MAX + 2] = 'y'; /* behind the cut */
    ck_assert_ptr_eq(end_round(longer), c);
    ck_assert_uint_eq(strlen(c->name), ROUND_NAME_MAX - 1);
    ck_assert_int_eq(csan__round_take(NULL, 0), 0);
    ck_assert_ptr_null(csan__round_of_test("a"));
}
END_TEST

START_TEST(of_a_test_the_first_run_is_free_and_only_what_tests_took_counts)
{
    born(1000, stack_b); /* before any test */
    for (uint32_t run = 0; run < 4; run++) {
        uint32_t since = csan__block_new_epoch();
        born(16, stack_a);
        ck_assert_int_eq(csan__round_take("t", since), 0);
        ck_assert(csan__round_is_valid());
        ck_assert(csan__block_forgive(since));
        born(24, stack_b); /* the framework's own */
    }
    const struct rounds *r = csan__round_of_test("t");
    ck_assert_uint_eq(r->count, 3);
    ck_assert_ptr_null(row_of(r, stack_b));
    ck_assert_uint_eq(row_of(r, stack_a)->series->bytes[2], 4 * 16);
    end_round("t"); /* a name, and no test */
    ck_assert_uint_eq(r->count, 3);
}
END_TEST

/* Before the first round, between, and where rows must grow. */
START_TEST(without_memory_a_round_is_not_counted_and_the_next_is)
{
    const struct rounds *r = NULL;
    uint32_t failures = 0, taken = 0;
    for (uint32_t i = 0; i < 90; i++) {
        for (uintptr_t pc = 0x5000; pc <= 0x5000 + i; pc++)
            born(16, csan__stack_keep(&pc, 1, true));
        born(16, stack_a);
        csan__os_fail_nth(i % 6); /* a series lies in the arena: its mapping comes last */
        int failed = csan__round_take("r", 0);
        csan__os_fail_nth(0);
        ck_assert(failed == 0 || failed == -ENOMEM);
        ck_assert(csan__round_is_valid());
        failures += failed != 0;
        taken += failed == 0;
    }
    r = end_round("r");
    ck_assert_uint_gt(failures, 40);
    ck_assert_uint_eq(r->count, taken + 1);
    ck_assert_uint_eq(row_of(r, stack_a)->bytes, 90 * 16);
    for (uint32_t i = 0; i < r->nrows; i++) /* every level has changed */
        ck_assert(r->rows[i].series || r->rows[i].blocks == 1);
}
END_TEST

START_TEST(a_forked_child_has_none)
{
    end_round("r");
    csan__round_forked();
    ck_assert_ptr_null(csan__round_first());
    ck_assert_uint_eq(end_round("r")->count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("round");
    TCase *t = tcase_create("round");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, a_series_has_the_level_at_the_end_of_each_round);
    tcase_add_test(t, what_stays_as_it_is_needs_no_series);
    tcase_add_test(t, ignored_blocks_do_not_count);
    tcase_add_test(t, however_many_rounds_a_series_stays_even);
    tcase_add_test(t, each_name_has_rounds_of_its_own_and_is_cut);
    tcase_add_test(t, of_a_test_the_first_run_is_free_and_only_what_tests_took_counts);
    tcase_add_test(t, without_memory_a_round_is_not_counted_and_the_next_is);
    tcase_add_test(t, a_forked_child_has_none);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
