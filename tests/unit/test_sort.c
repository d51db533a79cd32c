/* base/sort: any elements, in place. */
#include "base/sort.h"
#include "tests/unit/suite.h"

#include <stdlib.h>

struct pair {
    uint32_t key;
    void *self; /* that it comes along */
    uint8_t rest[5];
};

static int by_key(const void *a, const void *b)
{
    uint32_t x = ((const struct pair *)a)->key, y = ((const struct pair *)b)->key;
    return (x > y) - (x < y);
}

static int by_value(const void *a, const void *b)
{
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

START_TEST(elements_of_every_count_come_in_order_and_whole)
{
    static struct pair all[200];
    uint64_t random = 88172645463325252;
    for (size_t n = 0; n <= CSAN_COUNT(all); n++) {
        uint64_t sum = 0, sorted_sum = 0;
        for (size_t i = 0; i < n; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            all[i].key = (uint32_t)(random >> 33) % 100; /* some are alike */
            all[i].self = (void *)(uintptr_t)(all[i].key * 8);
            all[i].rest[4] = (uint8_t)all[i].key;
            sum += all[i].key;
        }
        csan__sort(all, n, sizeof all[0], by_key);
        for (size_t i = 0; i < n; i++) {
            ck_assert(i == 0 || all[i - 1].key <= all[i].key);
            ck_assert_ptr_eq(all[i].self, (void *)(uintptr_t)(all[i].key * 8));
            ck_assert_uint_eq(all[i].rest[4], (uint8_t)all[i].key);
            sorted_sum += all[i].key;
        }
        ck_assert_uint_eq(sum, sorted_sum);
    }
}
END_TEST

struct numbered {
    uint64_t number;
    uint32_t place; /* where it was */
};

static void numbers_are_sorted(size_t n, unsigned bits)
{
    static struct numbered all[3000], room[3000];
    static bool seen[3000];
    uint64_t random = 88172645463325252 + n;
    for (size_t i = 0; i < n; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        all[i] = (struct numbered){(uint64_t)bits << 40 | random >> (64 - bits), (uint32_t)i};
    }
    memset(seen, 0, sizeof seen);
    const struct numbered *sorted = csan__sort_by_number(all, room, n, sizeof *all);
    ck_assert(sorted == all || sorted == room);
    for (size_t i = 0; i < n; i++) {
        ck_assert(!seen[sorted[i].place]);
        seen[sorted[i].place] = true;
        if (i)
            ck_assert(sorted[i - 1].number < sorted[i].number ||
                      (sorted[i - 1].number == sorted[i].number &&
                       sorted[i - 1].place < sorted[i].place));
    }
}

START_TEST(numbers_come_in_order_and_those_alike_as_they_were)
{
    static const unsigned bits[] = {1, 4, 10, 11, 12, 22, 23, 33, 40};
    for (size_t b = 0; b < CSAN_COUNT(bits); b++)
        for (size_t n = 0; n <= 3000; n = n * 3 + 1)
            numbers_are_sorted(n, bits[b]);
    struct numbered ends[] = {{UINT64_MAX, 0}, {0, 1}, {UINT64_MAX - 1, 2}}, room[3];
    const struct numbered *sorted = csan__sort_by_number(ends, room, 3, sizeof *ends);
    ck_assert_uint_eq(sorted[0].place, 1);
    ck_assert_uint_eq(sorted[1].place, 2);
    ck_assert_uint_eq(sorted[2].place, 0);
}
END_TEST

START_TEST(what_is_in_order_or_reversed_or_alike_is_sorted_too)
{
    uint8_t up[] = {1, 2, 3, 4, 5}, down[] = {5, 4, 3, 2, 1}, alike[] = {7, 7, 7};
    csan__sort(up, sizeof up, 1, by_value);
    csan__sort(down, sizeof down, 1, by_value);
    csan__sort(alike, sizeof alike, 1, by_value);
    ck_assert_mem_eq(up, ((uint8_t[]){1, 2, 3, 4, 5}), 5);
    ck_assert_mem_eq(down, up, 5);
    ck_assert_mem_eq(alike, ((uint8_t[]){7, 7, 7}), 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sort");
    TCase *t = tcase_create("sort");
    tcase_add_test(t, elements_of_every_count_come_in_order_and_whole);
    tcase_add_test(t, numbers_come_in_order_and_those_alike_as_they_were);
    tcase_add_test(t, what_is_in_order_or_reversed_or_alike_is_sorted_too);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
