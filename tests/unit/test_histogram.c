/* detect/histogram: percentiles that are off by 1 % at most, from 1 us to 34 s. */
#include "detect/histogram.h"
#include "tests/unit/suite.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct histogram h;

static void begin(void)
{
    memset(&h, 0, sizeof h);
}

static void assert_within_1_percent(uint64_t got, uint64_t exact)
{
    uint64_t off = got > exact ? got - exact : exact - got;
    ck_assert_msg(off * 100 <= exact, "%lu instead of %lu", (unsigned long)got,
                  (unsigned long)exact);
}

START_TEST(empty_histogram_has_no_percentile)
{
    ck_assert_uint_eq(csan__histogram_at(&h, 99), 0);
    ck_assert(csan__histogram_is_valid(&h));
}
END_TEST

/* Two of each: the middle of the bucket is told, not the longest. */
START_TEST(every_value_of_the_range_comes_back_within_1_percent)
{
    for (uint64_t ns = 1024; ns < (uint64_t)33000000000; ns += ns / 331 + 1) {
        begin();
        csan__histogram_add(&h, ns);
        csan__histogram_add(&h, (uint64_t)1 << 50);
        assert_within_1_percent(csan__histogram_at(&h, 50), ns);
        ck_assert(csan__histogram_is_valid(&h));
    }
}
END_TEST

START_TEST(longer_values_never_come_back_shorter)
{
    uint64_t before = 0;
    for (uint64_t ns = 1; ns < (uint64_t)1 << 36; ns += ns / 900 + 1) {
        begin();
        csan__histogram_add(&h, ns);
        csan__histogram_add(&h, (uint64_t)1 << 50);
        uint64_t got = csan__histogram_at(&h, 50);
        ck_assert_uint_ge(got, before);
        before = got;
    }
}
END_TEST

START_TEST(percentiles_are_those_of_the_sorted_values)
{
    for (uint64_t i = 1; i <= 1000; i++)
        csan__histogram_add(&h, i * 1000000);
    assert_within_1_percent(csan__histogram_at(&h, 50), 500000000);
    assert_within_1_percent(csan__histogram_at(&h, 90), 900000000);
    assert_within_1_percent(csan__histogram_at(&h, 99), 990000000);
    ck_assert_uint_eq(h.max, 1000000000);
    ck_assert_uint_eq(csan__histogram_at(&h, 100), h.max);
    ck_assert_uint_eq(h.sum, (uint64_t)500500 * 1000000);
}
END_TEST

START_TEST(one_outlier_in_a_hundred_is_beyond_p99)
{
    for (int i = 0; i < 99; i++)
        csan__histogram_add(&h, 5000);
    csan__histogram_add(&h, 480000000);
    assert_within_1_percent(csan__histogram_at(&h, 99), 5000);
    csan__histogram_add(&h, 480000000);
    ck_assert_uint_eq(csan__histogram_at(&h, 99), 480000000);
}
END_TEST

START_TEST(no_percentile_is_above_the_longest)
{
    csan__histogram_add(&h, 1025);
    ck_assert_uint_eq(csan__histogram_at(&h, 50), 1025);
}
END_TEST

START_TEST(beyond_34_seconds_the_longest_is_known)
{
    csan__histogram_add(&h, (uint64_t)77000000000);
    ck_assert_uint_eq(csan__histogram_at(&h, 99), (uint64_t)77000000000);
}
END_TEST

START_TEST(merged_histograms_are_as_one)
{
    static struct histogram other;
    for (int i = 0; i < 90; i++)
        csan__histogram_add(&h, 2000);
    for (int i = 0; i < 10; i++)
        csan__histogram_add(&other, 3000000);
    csan__histogram_merge(&h, &other);
    ck_assert_uint_eq(h.count, 100);
    ck_assert_uint_eq(h.max, 3000000);
    assert_within_1_percent(csan__histogram_at(&h, 90), 2000);
    assert_within_1_percent(csan__histogram_at(&h, 91), 3000000);
    ck_assert(csan__histogram_is_valid(&h));
}
END_TEST

static void *add_many(void *arg)
{
    for (uint64_t i = 0; i < 100000; i++)
        csan__histogram_add(&h, 1000 + i * 17);
    return arg;
}

START_TEST(nothing_is_lost_when_four_threads_add)
{
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    ck_assert_uint_eq(h.count, 400000);
    ck_assert_uint_eq(h.max, 1000 + 99999 * 17);
    ck_assert(csan__histogram_is_valid(&h));
}
END_TEST

static struct arena scratch;
static struct finding f;

static const struct finding_times *told(void)
{
    f = (struct finding){.kind = FINDING_WAIT};
    ck_assert_int_eq(csan__histogram_tell(&h, &scratch, &f), 0);
    return f.times;
}

static void assert_whole(const struct finding_times *t)
{
    uint64_t n = 0, before = 0;
    for (uint32_t i = 0; i < t->nbuckets; i++) {
        ck_assert_uint_gt(t->buckets[i].count, 0);
        ck_assert_uint_ge(t->buckets[i].from_ns, before);
        ck_assert_uint_gt(t->buckets[i].to_ns, t->buckets[i].from_ns);
        before = t->buckets[i].to_ns;
        n += t->buckets[i].count;
    }
    ck_assert_uint_eq(n, t->count);
    if (n)
        ck_assert_uint_lt(t->max_ns, before);
}

START_TEST(every_value_is_told_in_the_bucket_around_it)
{
    for (uint64_t ns = 1; ns < (uint64_t)1 << 40; ns += ns / 13 + 1) {
        begin();
        csan__histogram_add(&h, ns);
        const struct finding_times *t = told();
        ck_assert_uint_eq(t->nbuckets, 1);
        assert_whole(t);
        ck_assert_uint_le(t->buckets[0].from_ns, ns);
        ck_assert_uint_gt(t->buckets[0].to_ns, ns);
        csan__arena_scratch_free(&scratch);
    }
}
END_TEST

START_TEST(what_is_told_is_all_that_was_added)
{
    ck_assert_uint_eq(told()->nbuckets, 0);
    for (uint64_t ns = 1; ns < (uint64_t)1 << 40; ns += ns / 77 + 1)
        csan__histogram_add(&h, ns);
    const struct finding_times *t = told();
    ck_assert_uint_eq(t->nbuckets, 100);
    ck_assert_uint_eq(t->count, h.count);
    ck_assert_uint_eq(t->sum_ns, h.sum);
    ck_assert_uint_eq(t->max_ns, h.max);
    ck_assert_uint_eq(t->p90_ns, csan__histogram_at(&h, 90));
    assert_whole(t);
    csan__arena_scratch_free(&scratch);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("histogram");
    TCase *c = tcase_create("histogram");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, empty_histogram_has_no_percentile);
    tcase_add_test(c, every_value_of_the_range_comes_back_within_1_percent);
    tcase_add_test(c, longer_values_never_come_back_shorter);
    tcase_add_test(c, percentiles_are_those_of_the_sorted_values);
    tcase_add_test(c, one_outlier_in_a_hundred_is_beyond_p99);
    tcase_add_test(c, no_percentile_is_above_the_longest);
    tcase_add_test(c, beyond_34_seconds_the_longest_is_known);
    tcase_add_test(c, merged_histograms_are_as_one);
    tcase_add_test(c, nothing_is_lost_when_four_threads_add);
    tcase_add_test(c, every_value_is_told_in_the_bucket_around_it);
    tcase_add_test(c, what_is_told_is_all_that_was_added);
    suite_add_tcase(s, c);
    return suite_run(s);
}
