/* record/volume: totals by stack. */
#include "record/volume.h"
#include "base/arena.h"
#include "base/os.h"
#include "record/stack.h"
#include "tests/unit/suite.h"

#include <pthread.h>

#define BOTH (1u << VOLUME_ALLOCATED | 1u << VOLUME_BLOCKED)

static void reset_all(void)
{
    for (uint32_t kind = 0; kind < VOLUME_KINDS; kind++)
        csan__volume_reset(kind);
}

START_TEST(kinds_are_counted_apart)
{
    reset_all();
    csan__volume_add(VOLUME_ALLOCATED, 7, 100);
    csan__volume_add(VOLUME_ALLOCATED, 7, 1);
    csan__volume_add(VOLUME_BLOCKED, 7, 5);
    struct volume a = csan__volume_of(VOLUME_ALLOCATED, 7), b = csan__volume_of(VOLUME_BLOCKED, 7);
    ck_assert_uint_eq(a.count, 2);
    ck_assert_uint_eq(a.amount, 101);
    ck_assert_uint_eq(b.count, 1);
    ck_assert_uint_eq(b.amount, 5);
    csan__volume_reset(VOLUME_ALLOCATED);
    ck_assert_uint_eq(csan__volume_of(VOLUME_ALLOCATED, 7).count, 0);
    ck_assert_uint_eq(csan__volume_of(VOLUME_BLOCKED, 7).count, 1);
}
END_TEST

START_TEST(stacks_come_in_order_each_once)
{
    reset_all();
    static const uint32_t stacks[] = {1, 4095, 4096, 70000, STACK_ID_END - 1};
    for (uint32_t i = 0; i < CSAN_COUNT(stacks); i++)
        csan__volume_add(i & 1 ? VOLUME_BLOCKED : VOLUME_ALLOCATED, stacks[i], 1);
    csan__volume_add(VOLUME_BLOCKED, 1, 1);
    csan__volume_add(VOLUME_MUTEX, 5, 1);
    uint32_t at = 0;
    for (uint32_t i = 0; i < CSAN_COUNT(stacks); i++) {
        at = csan__volume_next(BOTH, at);
        ck_assert_uint_eq(at, stacks[i]);
    }
    ck_assert_uint_eq(csan__volume_next(BOTH, at), 0);
    ck_assert_uint_eq(csan__volume_next(1u << VOLUME_LIVE, 0), 0);
}
END_TEST

static void *add_many(void *arg)
{
    (void)arg;
    for (uint32_t i = 0; i < 100000; i++)
        csan__volume_add(VOLUME_MUTEX, 9000 + i % 3, 2);
    return NULL;
}

START_TEST(threads_lose_nothing)
{
    reset_all();
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, add_many, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    uint64_t count = 0, amount = 0;
    for (uint32_t s = 0; (s = csan__volume_next(1u << VOLUME_MUTEX, s));) {
        count += csan__volume_of(VOLUME_MUTEX, s).count;
        amount += csan__volume_of(VOLUME_MUTEX, s).amount;
    }
    ck_assert_uint_eq(count, 400000);
    ck_assert_uint_eq(amount, 800000);
}
END_TEST

START_TEST(without_memory_what_is_lost_is_counted)
{
    uint64_t before = csan__volume_lost();
    uint32_t lost = 0;
    for (uint32_t stack = 1000000; stack < 9000000 && !lost; stack += 4096) {
        csan__os_fail_nth(1);
        csan__volume_add(VOLUME_ALLOCATED, stack, 1);
        lost = (uint32_t)(csan__volume_lost() - before);
        ck_assert_uint_eq(csan__volume_of(VOLUME_ALLOCATED, stack).count, !lost);
    }
    csan__os_fail_nth(0);
    ck_assert_uint_eq(lost, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("volume");
    TCase *t = tcase_create("volume");
    tcase_add_test(t, kinds_are_counted_apart);
    tcase_add_test(t, stacks_come_in_order_each_once);
    tcase_add_test(t, threads_lose_nothing);
    tcase_add_test(t, without_memory_what_is_lost_is_counted);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
