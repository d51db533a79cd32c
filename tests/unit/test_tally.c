/* record/tally: how much was allocated since a mark. */
#include "record/tally.h"
#include "base/os.h"
#include "record/block.h"
#include "tests/unit/suite.h"

#include <pthread.h>

static struct thread *self;
static uint32_t first;

static uint32_t mark(void)
{
    uint32_t epoch = csan__block_new_epoch();
    csan__tally_mark(epoch);
    ck_assert(csan__tally_is_valid());
    return epoch;
}

static void setup(void)
{
    ck_assert_int_eq(csan__block_init(), 0);
    self = csan__thread_get();
    ck_assert(csan__tally_is_valid() && !csan__tally_on);
    first = mark();
    ck_assert(csan__tally_on);
}

static void born(uintptr_t p, size_t bytes)
{
    csan__tally_born(self, p, bytes);
    ck_assert(csan__tally_is_valid());
}

static void died(uintptr_t p, size_t bytes)
{
    csan__tally_died(self, p, bytes, false);
    ck_assert(csan__tally_is_valid());
}

START_TEST(sums_are_those_since_the_mark)
{
    born(16, 100);
    born(32, 50);
    uint32_t second = mark();
    died(16, 100);
    born(48, 7);
    struct tally a = csan__tally_since(first), b = csan__tally_since(second);
    ck_assert(a.allocations == 3 && a.frees == 1 && a.bytes == 157 && a.peak_bytes == 150);
    ck_assert(b.allocations == 1 && b.frees == 1 && b.bytes == 7 && b.peak_bytes == 0);
}
END_TEST

START_TEST(the_peak_is_the_highest_of_all_marks_since)
{
    born(16, 1000);
    died(16, 1000);
    uint32_t second = mark();
    born(16, 10);
    mark();
    born(32, 400);
    died(32, 400);
    mark();
    ck_assert_uint_eq(csan__tally_since(first).peak_bytes, 1000);
    ck_assert_uint_eq(csan__tally_since(second).peak_bytes, 410);
}
END_TEST

START_TEST(temporary_is_freed_by_the_next_call_of_its_thread)
{
    born(16, 1);
    died(16, 1); /* this one */
    born(16, 1);
    born(32, 1);
    died(16, 1); /* not the last */
    died(32, 1); /* a call in between */
    born(48, 1);
    csan__tally_died(self, 48, 1, true); /* by realloc */
    born(64, 1);
    mark();
    died(64, 1); /* older than the mark */
    ck_assert_uint_eq(csan__tally_since(first).temporary, 1);
    ck_assert_uint_eq(csan__tally_since(first).frees, 5);
}
END_TEST

static void *allocate(void *arg)
{
    struct thread *t = csan__thread_get();
    for (int i = 0; i < 1000; i++) {
        csan__tally_born(t, 16, 3);
        csan__tally_died(t, 16, 3, false);
    }
    return arg;
}

START_TEST(threads_count_together_and_after_their_end)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, allocate, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    struct tally t = csan__tally_since(first);
    ck_assert(t.allocations == 4000 && t.frees == 4000 && t.temporary == 4000 && t.bytes == 12000);
    ck_assert(t.peak_bytes >= 3 && t.peak_bytes <= 12);
    ck_assert(csan__tally_is_valid());
}
END_TEST

START_TEST(without_memory_nothing_is_counted_until_there_is_some)
{
    ck_assert_int_eq(csan__block_init(), 0);
    self = csan__thread_get();
    uint32_t epoch = csan__block_new_epoch();
    csan__os_fail_nth(1);
    csan__tally_mark(epoch);
    csan__os_fail_nth(0);
    ck_assert(!csan__tally_on && csan__tally_is_valid());
    ck_assert_uint_eq(csan__tally_since(epoch).allocations, 0);
    first = mark();
    born(16, 5);
    ck_assert_uint_eq(csan__tally_since(first).bytes, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tally");
    TCase *t = tcase_create("tally"), *bare = tcase_create("without memory");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, sums_are_those_since_the_mark);
    tcase_add_test(t, the_peak_is_the_highest_of_all_marks_since);
    tcase_add_test(t, temporary_is_freed_by_the_next_call_of_its_thread);
    tcase_add_test(t, threads_count_together_and_after_their_end);
    suite_add_tcase(suite, t);
    tcase_add_test(bare, without_memory_nothing_is_counted_until_there_is_some);
    suite_add_tcase(suite, bare);
    return suite_run(suite);
}
