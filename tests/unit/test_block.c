/* record/block: the account of live blocks. */
#include "base/arena.h"
#include "base/os.h"
#include "record/block_map.h"
#include "record/readable.h"
#include "tests/unit/graph.h"
#include "tests/unit/suite.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

static struct block find(uintptr_t addr)
{
    struct block b = {.start = 0};
    if (!csan__block_find(addr, &b))
        b.start = 0;
    return b;
}

static bool finds(const void *start, uintptr_t addr)
{
    return find(addr).start == (uintptr_t)start;
}

/* ------------------------------------------------------------------ one block */

START_TEST(a_block_is_found_by_every_byte_that_was_asked_for_and_no_other)
{
    static const size_t sizes[] = {1, 7, 8, 24, 25, 100, 4096, 40000, 65000, 70000, 1 << 20};
    for (size_t i = 0; i < CSAN_COUNT(sizes); i++) {
        size_t n = sizes[i];
        uintptr_t p = (uintptr_t)born(n, 7);
        ck_assert(finds((void *)p, p) && finds((void *)p, p + n - 1) &&
                  finds((void *)p, p + n / 2));
        ck_assert(!finds((void *)p, p + n) && !finds((void *)p, p - 1));
        struct block b = find(p);
        ck_assert_uint_eq(b.asked, n);
        ck_assert_uint_eq(b.stack, 7);
        ck_assert_uint_eq(b.usable, malloc_usable_size((void *)p));
        ck_assert_uint_eq(csan__block_asked(p, b.usable), n);
        ck_assert(!b.damaged && !b.ignored && csan__block_is_valid());
        died((void *)p);
    }
}
END_TEST

START_TEST(sizes_are_asked_of_malloc_where_its_headers_are_not_known)
{
    struct arena scratch = {0};
    csan__block_chunk_headers = false;
    csan__block_real_usable = malloc_usable_size;
    char *p = born(100, 7), *q = born(100000, 8);
    ck_assert_uint_eq(find((uintptr_t)p + 99).stack, 7);
    ck_assert_uint_eq(find((uintptr_t)q + 99999).stack, 8);
    struct world w = here(&scratch);
    ck_assert_int_eq(csan__block_freeze(&w), 0);
    ck_assert(finds(p, (uintptr_t)p + 99) && !finds(p, (uintptr_t)p + 100));
    csan__block_thaw();
    csan__block_real_usable = NULL; /* not even that */
    struct block b;
    ck_assert(csan__block_at((uintptr_t)p, &b) && b.damaged);
    csan__arena_scratch_free(&scratch);
    died(p);
    died(q);
}
END_TEST

START_TEST(an_empty_block_is_found_by_its_address_alone)
{
    uintptr_t p = (uintptr_t)born(0, 1);
    ck_assert(finds((void *)p, p) && !finds((void *)p, p + 1));
    ck_assert_uint_eq(find(p).asked, 0);
    died((void *)p);
}
END_TEST

START_TEST(taking_gives_what_was_added_and_works_once)
{
    static const size_t sizes[] = {0, 1, 24, 1000, 65536, 1 << 22};
    for (size_t i = 0; i < CSAN_COUNT(sizes); i++) {
        void *p = calloc(1, sizes[i] + BLOCK_TAIL);
        struct block b = block_of(p, sizes[i], 0xfffffe), old;
        b.family = BLOCK_NEW_ARRAY;
        b.ignored = i & 1;
        csan__block_add(&b);
        ck_assert(csan__block_is_live(b.start));
        ck_assert(csan__block_take(b.start, b.usable, &old));
        ck_assert_uint_eq(old.start, b.start);
        ck_assert_uint_eq(old.asked, sizes[i]);
        ck_assert_uint_eq(old.usable, b.usable);
        ck_assert_uint_eq(old.stack, 0xfffffe);
        ck_assert_uint_eq(old.epoch, csan__block_epoch());
        ck_assert_int_eq(old.family, BLOCK_NEW_ARRAY);
        ck_assert_int_eq(old.ignored, i & 1);
        ck_assert(!old.damaged);
        ck_assert(!csan__block_is_live(b.start) && !csan__block_take(b.start, b.usable, &old));
        ck_assert(csan__block_is_valid());
        free(p);
    }
}
END_TEST

START_TEST(dropping_forgets_a_block_wherever_its_account_was)
{
    static const size_t sizes[] = {0, 24, 9000, 65536, 1 << 22};
    for (size_t i = 0; i < CSAN_COUNT(sizes); i++) {
        char *p = calloc(1, sizes[i] + BLOCK_TAIL);
        struct block b = block_of(p, sizes[i], 7), again;
        if (sizes[i] == 9000)
            b.asked = 3; /* slack that does not fit: in the table */
        csan__block_add(&b);
        ck_assert_int_eq(csan__block_drop(b.start, BLOCK_MALLOC, &again), DROP_DONE);
        ck_assert_uint_eq(again.usable, b.usable);
        ck_assert(!csan__block_is_live(b.start) && !csan__block_find(b.start, &again));
        ck_assert(csan__block_is_valid()); /* nothing of it is left in the table */
        ck_assert_int_eq(csan__block_drop(b.start, BLOCK_MALLOC, &again), DROP_NOT_LIVE);
        b.stack = 8;
        csan__block_add(&b);
        ck_assert(csan__block_take(b.start, b.usable, &again));
        ck_assert_uint_eq(again.stack, 8);
        free(p);
    }
}
END_TEST

START_TEST(what_malloc_did_not_give_is_no_block)
{
    struct block old;
    void *foreign = malloc(100);
    uintptr_t p = (uintptr_t)born(100, 1);
    uintptr_t wrong[] = {0,
                         1,
                         8,
                         16,
                         (uintptr_t)foreign,
                         p + 8,
                         p + 16,
                         p + 1,
                         1ULL << 47,
                         (uintptr_t)-16,
                         (uintptr_t)-1,
                         (uintptr_t)&old};
    for (size_t i = 0; i < CSAN_COUNT(wrong); i++) {
        ck_assert(!csan__block_is_live(wrong[i]));
        ck_assert(!csan__block_take(wrong[i], 100, &old));
        ck_assert(!csan__block_at(wrong[i], &old));
        if (wrong[i] - p >= 100)
            ck_assert(!csan__block_find(wrong[i], &old));
    }
    uint64_t lost = csan__block_lost();
    struct block odd[] = {
        {.start = 1ULL << 47, .asked = BLOCK_LARGE, .usable = BLOCK_LARGE + 8},
        {.start = (uintptr_t)-16, .asked = BLOCK_LARGE, .usable = BLOCK_LARGE + 8},
        {.start = p + 8, .asked = 8, .usable = 16},
        {.start = 0, .asked = BLOCK_LARGE, .usable = BLOCK_LARGE + 8}};
    for (size_t i = 0; i < CSAN_COUNT(odd); i++) {
        csan__block_add(&odd[i]);
        ck_assert(!csan__block_is_live(odd[i].start));
    }
    ck_assert_uint_eq(csan__block_lost(), lost + CSAN_COUNT(odd));
    ck_assert(csan__block_is_valid());
    died((void *)p);
    free(foreign);
}
END_TEST

START_TEST(facts_that_do_not_fit_eight_bytes_are_kept_in_the_table)
{
    char *p = malloc(9000), *q = malloc(100 + BLOCK_TAIL);
    struct block shrunk = block_of(p, 3, 5), deep = block_of(q, 100, 0x12345678), old;
    csan__block_add(&shrunk);
    csan__block_add(&deep);
    ck_assert(csan__block_is_valid());
    ck_assert_uint_eq(find((uintptr_t)p + 2).asked, 3);
    ck_assert_uint_eq(find((uintptr_t)p + 2).stack, 5);
    ck_assert(!finds(p, (uintptr_t)p + 3));
    ck_assert_uint_eq(csan__block_asked(shrunk.start, shrunk.usable), 3);
    ck_assert_uint_eq(find((uintptr_t)q).stack, 0x12345678);
    ck_assert(csan__block_take(shrunk.start, shrunk.usable, &old));
    ck_assert(old.asked == 3 && old.stack == 5 && !old.damaged);
    ck_assert(csan__block_take(deep.start, deep.usable, &old));
    ck_assert(old.stack == 0x12345678 && !old.damaged);
    ck_assert(csan__block_is_valid());
    free(p);
    free(q);
}
END_TEST

START_TEST(a_slack_just_below_the_sign_for_the_table_is_no_such_sign)
{
    for (size_t slack = 4090; slack < 4100; slack++) {
        char *p = malloc(8000);
        struct block b = block_of(p, 0, 5), old;
        b.asked = b.usable - BLOCK_TAIL - slack;
        csan__block_add(&b);
        ck_assert_uint_eq(find(b.start).asked, b.asked);
        ck_assert(csan__block_take(b.start, b.usable, &old));
        ck_assert_uint_eq(old.asked, b.asked);
        free(p);
    }
}
END_TEST

START_TEST(a_block_without_room_for_its_account_is_counted_as_lost)
{
    uint64_t lost = csan__block_lost();
    char *p = malloc(24);
    memset(p, 'x', 24);
    struct block b = block_of(p, 24, 1);
    csan__block_add(&b);
    ck_assert_uint_eq(csan__block_lost(), lost + 1);
    ck_assert(!csan__block_is_live(b.start) && csan__block_is_valid());
    for (int i = 0; i < 24; i++)
        ck_assert_int_eq(p[i], 'x');
    free(p);
}
END_TEST

/* ------------------------------------------------------------------ damage */

START_TEST(a_byte_written_behind_a_block_is_noticed)
{
    int noticed = 0;
    for (int i = 0; i < 1000; i++) {
        char *p = born(24, (uint32_t)i);
        struct block b = find((uintptr_t)p), old;
        p[24] = (char)(p[24] ^ (1 + i % 255)); /* 24 + 8 of 40 usable bytes */
        p[b.usable - 8] = (char)(p[b.usable - 8] ^ (1 + i % 255));
        bool found = find((uintptr_t)p).damaged;
        noticed += found;
        if (found) {
            b = find((uintptr_t)p);
            ck_assert(b.stack == 0 && b.asked == b.usable - BLOCK_TAIL);
            ck_assert_uint_eq(b.epoch, csan__block_epoch());
        }
        ck_assert(csan__block_take((uintptr_t)p, b.usable, &old));
        ck_assert_int_eq(old.damaged, found);
        free(p);
    }
    ck_assert_int_ge(noticed, 980);
}
END_TEST

START_TEST(an_overwritten_account_is_never_believed_to_be_longer_than_the_block)
{
    uint64_t random = 11;
    char *p = born(24, 1);
    size_t usable = malloc_usable_size(p);
    for (int i = 0; i < 200000; i++) {
        uint64_t garbage = next_random(&random);
        memcpy(p + usable - 8, &garbage, 8);
        struct block b;
        ck_assert(csan__block_at((uintptr_t)p, &b));
        ck_assert_uint_le(b.asked, usable - BLOCK_TAIL);
    }
    died(p);
}
END_TEST

/* Each byte of the account, every other value: asked by every door, then freed. */
START_TEST(no_byte_of_an_account_makes_it_crash)
{
    int noticed = 0, tried = 0;
    for (size_t at = 0; at < BLOCK_TAIL; at++)
        for (int value = 1; value < 256; value++, tried++) {
            char *p = born(40, (uint32_t)tried), *spoilt = p + malloc_usable_size(p) - 8 + at;
            struct block b = find((uintptr_t)p), old;
            *spoilt = (char)(*spoilt ^ value);
            b = find((uintptr_t)p + 39);
            ck_assert(b.start == (uintptr_t)p && b.asked <= b.usable - BLOCK_TAIL);
            ck_assert_uint_le(csan__block_asked((uintptr_t)p, b.usable), b.usable - BLOCK_TAIL);
            bool anew = value % 16 == 1 && csan__block_ignore((uintptr_t)p); /* writes it anew */
            enum block_drop how = csan__block_drop((uintptr_t)p, BLOCK_MALLOC, &old);
            ck_assert(how != DROP_NOT_LIVE && !csan__block_is_live((uintptr_t)p));
            noticed += how == DROP_DAMAGED || anew;
            free(p);
        }
    ck_assert_int_ge(noticed, tried - tried / 50);
}
END_TEST

static void expect_no_crash_with_header(char *p, size_t garbage)
{
    size_t header;
    struct block b;
    struct arena scratch = {0};
    struct world w = here(&scratch);
    memcpy(&header, p - 8, 8);
    memcpy(p - 8, &garbage, 8);
    bool found = csan__block_at((uintptr_t)p, &b);
    ck_assert(found && b.damaged && b.asked <= BLOCK_LARGE);
    ck_assert_int_eq(csan__block_freeze(&w), 0);
    found = csan__block_at((uintptr_t)p, &b);
    ck_assert(found && b.damaged && b.asked <= BLOCK_LARGE);
    csan__block_thaw();
    memcpy(p - 8, &header, 8);
    csan__arena_scratch_free(&scratch);
}

START_TEST(an_overwritten_size_of_malloc_s_does_not_crash)
{
    char *p = born(24, 1), *after = born(24, 1);
    static const size_t garbage[] = {0,      1,      7,       8,          9,     16,
                                     0x1001, 0xfff1, 1 << 20, 1ULL << 45, ~0ULL, ~7ULL};
    for (size_t i = 0; i < CSAN_COUNT(garbage); i++)
        expect_no_crash_with_header(p, garbage[i]);
    died(p);
    died(after);
}
END_TEST

START_TEST(a_block_whose_memory_is_gone_is_passed_over)
{
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(size_t *)(map + 4096 + 8) = 48 | 1;
    struct block b = {.start = (uintptr_t)map + 4096 + 16, .asked = 8, .usable = 40, .stack = 1};
    csan__block_add(&b);
    ck_assert_uint_eq(find(b.start).asked, 8);
    munmap(map + 4096, 4096);
    ck_assert(!csan__block_at(b.start, &b) && !csan__block_find(b.start, &b));
    ck_assert(csan__block_is_live(b.start));
    munmap(map, 4096);
}
END_TEST

/* ------------------------------------------------------------------ epochs, ignoring */

START_TEST(a_block_is_as_old_as_the_mark_before_it)
{
    uint32_t first = csan__block_epoch();
    void *old = born(10, 1), *large_old = born(100000, 1);
    uint32_t second = csan__block_new_epoch();
    void *young = born(10, 1);
    ck_assert_uint_eq(second, first + 1);
    ck_assert_uint_eq(find((uintptr_t)old).epoch, first);
    ck_assert_uint_eq(find((uintptr_t)large_old).epoch, first);
    ck_assert_uint_eq(find((uintptr_t)young).epoch, second);
    died(old);
    died(large_old);
    died(young);
}
END_TEST

START_TEST(a_block_that_is_put_back_keeps_its_age)
{
    static const size_t sizes[] = {10, 100000};
    for (size_t i = 0; i < 2; i++) {
        void *p = born(sizes[i], 3);
        uint32_t epoch = csan__block_epoch();
        csan__block_new_epoch();
        struct block old;
        ck_assert(csan__block_take((uintptr_t)p, malloc_usable_size(p), &old));
        csan__block_put_back(&old);
        ck_assert_uint_eq(find((uintptr_t)p).epoch, epoch);
        ck_assert_uint_eq(find((uintptr_t)p).stack, 3);
        died(p);
    }
}
END_TEST

START_TEST(the_last_epoch_is_never_left)
{
    while (csan__block_epoch() < BLOCK_EPOCH_MAX)
        csan__block_new_epoch();
    ck_assert_uint_eq(csan__block_new_epoch(), BLOCK_EPOCH_MAX);
    void *p = born(10, 1), *q = born(100000, 1);
    ck_assert_uint_eq(find((uintptr_t)p).epoch, BLOCK_EPOCH_MAX);
    ck_assert_uint_eq(find((uintptr_t)q).epoch, BLOCK_EPOCH_MAX);
    died(p);
    died(q);
}
END_TEST

START_TEST(any_block_can_be_ignored_by_a_pointer_into_it)
{
    char *small = born(100, 3), *large = born(100000, 4), *hurt = born(24, 5);
    char *shrunk = malloc(9000);
    struct block b = block_of(shrunk, 3, 6);
    csan__block_add(&b);
    memset(hurt + 24, 'x', 16);
    char *all[] = {small, large, shrunk, hurt};
    for (size_t i = 0; i < 4; i++) {
        struct block before = find((uintptr_t)all[i]);
        ck_assert(!before.ignored && csan__block_ignore((uintptr_t)all[i] + 1));
        struct block after = find((uintptr_t)all[i]);
        ck_assert(after.ignored);
        ck_assert_uint_eq(after.asked, before.asked);
        ck_assert_uint_eq(after.stack, before.stack);
        ck_assert_uint_eq(after.epoch, before.epoch);
        ck_assert(csan__block_ignore((uintptr_t)all[i]));
        died(all[i]);
    }
    ck_assert(!csan__block_ignore((uintptr_t)&b) && !csan__block_ignore(0));
}
END_TEST

/* ------------------------------------------------------------------ many blocks */

struct seen {
    uint64_t blocks, bytes, starts;
    uint64_t stop_after;
};

static bool see(const struct block *b, void *arg)
{
    struct seen *s = arg;
    s->blocks++;
    s->bytes += b->asked;
    s->starts ^= b->start * 0x9e3779b97f4a7c15u;
    return s->blocks != s->stop_after;
}

START_TEST(each_visits_every_live_block_once_until_told_to_stop)
{
    enum { N = 20000 };
    static void *all[N];
    struct seen expected = {0, 0, 0, 0}, all_seen = {0, 0, 0, 0}, some = {.stop_after = 5};
    for (int i = 0; i < N; i++) {
        size_t n = i % 500 == 0 ? (size_t)70000 + (size_t)i : (size_t)i % 300;
        all[i] = born(n, 1);
        if (i % 3 == 0) {
            died(all[i]);
            continue;
        }
        expected.blocks++;
        expected.bytes += n;
        expected.starts ^= (uintptr_t)all[i] * 0x9e3779b97f4a7c15u;
    }
    csan__block_each(see, &all_seen);
    csan__block_each(see, &some);
    ck_assert_uint_eq(all_seen.blocks, expected.blocks);
    ck_assert_uint_eq(all_seen.bytes, expected.bytes);
    ck_assert_uint_eq(all_seen.starts, expected.starts);
    ck_assert_uint_eq(some.blocks, 5);
    ck_assert(csan__block_is_valid());
    for (int i = 0; i < N; i++)
        if (i % 3)
            died(all[i]);
}
END_TEST

/* A window of addresses that nobody reads: neither headers nor accounts, bits and large table only.
 */
#define FAR ((uintptr_t)0x200000000000)

START_TEST(the_nearest_start_below_is_found_as_in_a_list)
{
    enum { N = 300 };
    static uintptr_t starts[N];
    uint64_t random = 5;
    for (int i = 0; i < N; i++) { /* around the border of two regions, dense and sparse */
        starts[i] = FAR - (1 << 20) + next_random(&random) % (1 << (i % 2 ? 21 : 12)) / 16 * 16;
        csan__block_set(starts[i]);
    }
    for (int i = 0; i < 20000; i++) {
        uintptr_t addr = FAR - (1 << 21) + next_random(&random) % (1 << 22), below = 0, above = 0;
        for (int k = 0; k < N; k++) {
            if (starts[k] <= addr && addr - starts[k] < BLOCK_LARGE && starts[k] > below)
                below = starts[k];
            if (starts[k] >= addr && (!above || starts[k] < above))
                above = starts[k];
        }
        ck_assert_uint_eq(csan__block_below(addr), below);
        ck_assert_uint_eq(csan__block_above(addr, FAR + (1 << 22)), above);
        uintptr_t hi = addr + next_random(&random) % (1 << (i % 2 ? 20 : 11));
        ck_assert_uint_eq(csan__block_above(addr, hi), above < hi ? above : 0);
    }
    for (int i = 0; i < N; i++)
        csan__block_clear(starts[i]);
    ck_assert_uint_eq(csan__block_above(FAR - (1 << 22), FAR + (1 << 22)), 0);
    ck_assert(csan__block_is_valid());
}
END_TEST

START_TEST(the_table_of_large_blocks_is_exact_under_random_use)
{
    enum { N = 3000 };
    static bool live[N];
    uint64_t random = 99;
    struct block old;
    for (int i = 0; i < 200000; i++) {
        uint64_t k = next_random(&random) % N;
        struct block b = {.start = FAR + k * 0x20010,
                          .asked = BLOCK_LARGE + k,
                          .usable = BLOCK_LARGE + k + BLOCK_TAIL,
                          .stack = (uint32_t)k};
        ck_assert_int_eq(csan__block_take(b.start, b.usable, &old), live[k]);
        if (live[k])
            ck_assert(old.asked == b.asked && old.stack == k && old.start == b.start);
        live[k] = !live[k];
        if (live[k])
            csan__block_add(&b);
        if (i % 20000 == 0)
            ck_assert(csan__block_is_valid());
    }
    ck_assert(csan__block_is_valid());
    for (uint64_t k = 0; k < N; k++)
        csan__block_take(FAR + k * 0x20010, BLOCK_LARGE, &old);
    ck_assert(csan__block_is_valid());
}
END_TEST

/* What a list knows of the blocks, against the account, while they come and go. */
START_TEST(the_account_agrees_with_a_simple_list)
{
    enum { N = 400 };
    static struct {
        char *p;
        size_t asked;
        uint32_t stack;
    } all[N];
    uint64_t random = 1;
    for (int i = 0; i < 60000; i++) {
        uint64_t r = next_random(&random);
        size_t k = r % N;
        if (all[k].p) {
            struct block b =
                find((uintptr_t)all[k].p + (all[k].asked ? (r >> 20) % all[k].asked : 0));
            ck_assert_ptr_eq((char *)b.start, all[k].p);
            ck_assert_uint_eq(b.asked, all[k].asked);
            ck_assert_uint_eq(b.stack, all[k].stack);
            ck_assert(!finds(all[k].p, (uintptr_t)all[k].p + (all[k].asked ? all[k].asked : 1)));
            died(all[k].p);
            all[k].p = NULL;
            continue;
        }
        size_t n = (r >> 20) % 100 ? (r >> 30) % 600 : (r >> 30) % 300000;
        all[k].p = born(n, (uint32_t)(r >> 40));
        all[k].asked = n;
        all[k].stack = (uint32_t)(r >> 40);
        memset(all[k].p, 0xee, n);
    }
    ck_assert(csan__block_is_valid());
    for (int k = 0; k < N; k++)
        if (all[k].p)
            died(all[k].p);
}
END_TEST

/* ------------------------------------------------------------------ no memory */

START_TEST(without_memory_for_a_leaf_the_block_is_lost_and_the_next_one_is_not)
{
    struct block b = {.start = FAR * 2 + 16, .asked = 8 + BLOCK_LARGE, .usable = 16 + BLOCK_LARGE};
    struct block old;
    uint64_t lost = csan__block_lost();
    for (unsigned nth = 1; nth <= 2; nth++) { /* the table's mapping, or the leaf's */
        csan__block_fail_nth(nth);
        csan__block_add(&b);
        csan__block_fail_nth(0);
        ck_assert_uint_eq(csan__block_lost(), lost + nth);
        ck_assert(!csan__block_is_live(b.start) && csan__block_is_valid());
        ck_assert(!csan__block_take(b.start, b.usable, &old));
    }
    csan__block_add(&b);
    ck_assert_uint_eq(csan__block_lost(), lost + 2);
    ck_assert(csan__block_take(b.start, b.usable, &old));
}
END_TEST

START_TEST(without_memory_for_its_growth_the_table_is_filled_to_the_last_slot_but_one)
{
    struct block old;
    uint64_t lost = csan__block_lost();
    csan__block_set(FAR + (1 << 20)); /* the leaf */
    csan__block_clear(FAR + (1 << 20));
    enum { N = 20000 };
    struct rlimit before, none = {0, 0};
    for (uint64_t k = 0; k < N; k++) {
        struct block b = {.start = FAR + k * 16, .asked = BLOCK_LARGE, .usable = BLOCK_LARGE + 8};
        if (k == 1000) {
            getrlimit(RLIMIT_AS, &before);
            none.rlim_max = before.rlim_max;
            setrlimit(RLIMIT_AS, &none);
        }
        csan__block_add(&b);
    }
    setrlimit(RLIMIT_AS, &before);
    lost = csan__block_lost() - lost;
    ck_assert_uint_gt(lost, 0);
    ck_assert(csan__block_is_valid());
    uint64_t taken = 0;
    for (uint64_t k = 0; k < N; k++)
        taken += csan__block_take(FAR + k * 16, BLOCK_LARGE, &old);
    ck_assert_uint_eq(taken + lost, N);
    ck_assert_uint_gt(taken, 1000);
    ck_assert(csan__block_is_valid());
}
END_TEST

START_TEST(a_freeze_without_memory_fails_and_leaves_nothing_behind)
{
    struct arena scratch = {0};
    struct world w = here(&scratch);
    csan__block_fail_nth(1);
    ck_assert_int_ne(csan__block_freeze(&w), 0);
    csan__block_fail_nth(0);
    ck_assert_uint_eq(csan__readable.count, 0);
    char *p = born(100000, 1), *q = born(10, 1);
    ck_assert_int_eq(csan__block_freeze(&w), 0);
    ck_assert(csan__readable_has((uintptr_t)q, (uintptr_t)q + 10));
    ck_assert_uint_eq(find((uintptr_t)p + 70000).asked, 100000);
    csan__block_thaw();
    ck_assert(!csan__readable_has((uintptr_t)q, (uintptr_t)q + 10));
    died(q);
    ck_assert_uint_eq(find((uintptr_t)p + 5).asked, 100000);
    died(p);
    csan__arena_scratch_free(&scratch);
}
END_TEST

/* ------------------------------------------------------------------ threads */

/* Both go on at the same instant, which a barrier's wake-up does not bring about. */
static void meet(uint64_t *arrived, uint64_t round)
{
    __atomic_add_fetch(arrived, 1, __ATOMIC_ACQ_REL);
    for (uint64_t spins = 0; __atomic_load_n(arrived, __ATOMIC_ACQUIRE) < 2 * (round + 1); spins++)
        if (spins > 2000)
            sched_yield();
}

struct worker {
    uintptr_t first; /* starts are first, first + step, … */
    size_t step, rounds;
    uint64_t won;
    uint64_t *arrived;
};

enum { BATCH = 500 }; /* rounds between two meetings, so that both run at once */

/* Left to itself the kernel may run both on one processor, where they disturb each other little. */
static void spread(const pthread_t *t)
{
    cpu_set_t allowed;
    unsigned next = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2)
        return;
    for (size_t cpu = 0; cpu < CPU_SETSIZE && next < 2; cpu++) {
        cpu_set_t one;
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        pthread_setaffinity_np(t[next++], sizeof one, &one);
    }
}

static void run_two(void *(*work)(void *), struct worker *w)
{
    pthread_t t[2];
    uint64_t arrived = 0;
    csan__block_threaded = true;
    for (unsigned i = 0; i < 2; i++) {
        w[i].arrived = &arrived;
        ck_assert_int_eq(pthread_create(&t[i], NULL, work, &w[i]), 0);
    }
    spread(t);
    for (unsigned i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
}

enum { IN_FLIGHT = 8 }; /* of each thread, in one word of bits */

static char arena_of_two[IN_FLIGHT * 2 * 32 + 64] __attribute__((aligned(64)));

static void *add_and_take(void *arg)
{
    struct worker *w = arg;
    struct block old;
    for (size_t i = 0; i < w->rounds; i++) {
        if (i % BATCH == 0)
            meet(w->arrived, i / BATCH);
        struct block b = {.start = w->first + i % IN_FLIGHT * w->step, .asked = 16, .usable = 24};
        b.stack = (uint32_t)(i & 0xffffff);
        if (i >= IN_FLIGHT)
            w->won += csan__block_take(b.start, b.usable, &old) &&
                      old.stack == (uint32_t)((i - IN_FLIGHT) & 0xffffff);
        csan__block_add(&b);
    }
    for (size_t i = 0; i < IN_FLIGHT; i++)
        w->won += csan__block_take(w->first + i * w->step, 24, &old);
    return NULL;
}

/* Neighbouring bits belong to different threads. */
START_TEST(two_threads_do_not_disturb_each_other)
{
    struct worker w[2];
    for (unsigned i = 0; i < 2; i++)
        w[i] = (struct worker){
            .first = (uintptr_t)arena_of_two + 32 * i, .step = 64, .rounds = 1000000};
    run_two(add_and_take, w);
    ck_assert_uint_eq(w[0].won, 1000000);
    ck_assert_uint_eq(w[1].won, 1000000);
    ck_assert(csan__block_is_valid());
    uintptr_t end = (uintptr_t)arena_of_two + sizeof arena_of_two;
    ck_assert_uint_eq(csan__block_above((uintptr_t)arena_of_two, end), 0);
}
END_TEST

static void *add_and_take_large(void *arg)
{
    struct worker *w = arg;
    struct block old;
    for (size_t i = 0; i < w->rounds; i++) {
        if (i % BATCH == 0)
            meet(w->arrived, i / BATCH);
        struct block b = {.start = w->first + i % 1000 * w->step,
                          .asked = BLOCK_LARGE + i,
                          .usable = BLOCK_LARGE + i + 8};
        if (i >= 1000)
            w->won +=
                csan__block_take(b.start, b.usable, &old) && old.asked == BLOCK_LARGE + i - 1000;
        csan__block_add(&b);
    }
    for (size_t i = 0; i < 1000; i++)
        w->won += csan__block_take(w->first + i * w->step, BLOCK_LARGE, &old);
    return NULL;
}

START_TEST(two_threads_share_the_table_of_large_blocks)
{
    struct worker w[2];
    for (unsigned i = 0; i < 2; i++)
        w[i] = (struct worker){.first = FAR + 16 * i, .step = 32, .rounds = 300000};
    run_two(add_and_take_large, w);
    ck_assert_uint_eq(w[0].won, 300000);
    ck_assert_uint_eq(w[1].won, 300000);
    ck_assert(csan__block_is_valid());
}
END_TEST

static void *take_the_same(void *arg)
{
    struct worker *w = arg;
    struct block old;
    for (size_t i = 0; i < w->rounds; i++) {
        meet(w->arrived, i);
        w->won += csan__block_take(w->first + i * w->step, 24, &old);
    }
    return NULL;
}

START_TEST(of_two_threads_that_free_the_same_block_one_wins)
{
    enum { ROUNDS = 20000 };
    static char blocks[ROUNDS * 32] __attribute__((aligned(64)));
    struct worker w[2];
    for (size_t i = 0; i < ROUNDS; i++) {
        struct block b = {.start = (uintptr_t)blocks + i * 32, .asked = 16, .usable = 24};
        csan__block_add(&b);
    }
    for (unsigned i = 0; i < 2; i++)
        w[i] = (struct worker){.first = (uintptr_t)blocks, .step = 32, .rounds = ROUNDS};
    run_two(take_the_same, w);
    ck_assert_uint_eq(w[0].won + w[1].won, ROUNDS);
}
END_TEST

static volatile bool stop_churning;

static void *churn(void *arg)
{
    pthread_barrier_t *start = arg;
    void *all[64] = {NULL};
    uint64_t random = 3;
    pthread_barrier_wait(start);
    while (!stop_churning) {
        uint64_t r = next_random(&random);
        void **slot = &all[r % 64];
        if (*slot)
            died(*slot);
        *slot = born((r >> 10) % 16 ? (r >> 20) % 3000 : (r >> 20) % 400000, 1);
    }
    for (int i = 0; i < 64; i++)
        if (all[i])
            died(all[i]);
    return NULL;
}

/* Large blocks are mapped and unmapped meanwhile. */
START_TEST(looking_while_another_thread_allocates_does_not_crash)
{
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, 2);
    csan__block_threaded = true;
    mallopt(M_MMAP_THRESHOLD, 100000);
    pthread_t t;
    char *mine = born(50, 9);
    pthread_create(&t, NULL, churn, &start);
    pthread_barrier_wait(&start);
    struct seen s = {0, 0, 0, 0};
    for (int i = 0; i < 3000; i++) {
        csan__block_each(see, &s);
        ck_assert_uint_eq(find((uintptr_t)mine + 20).stack, 9);
        find((uintptr_t)mine + 300000);
    }
    stop_churning = true;
    pthread_join(t, NULL);
    ck_assert_uint_ge(s.blocks, 3000);
    died(mine);
    pthread_barrier_destroy(&start);
}
END_TEST

/* ------------------------------------------------------------------ */

static Suite *suite(void)
{
    Suite *s = suite_create("block");
    TCase *t = tcase_create("account");
    tcase_add_checked_fixture(t, begin_account, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_block_is_found_by_every_byte_that_was_asked_for_and_no_other);
    tcase_add_test(t, sizes_are_asked_of_malloc_where_its_headers_are_not_known);
    tcase_add_test(t, an_empty_block_is_found_by_its_address_alone);
    tcase_add_test(t, taking_gives_what_was_added_and_works_once);
    tcase_add_test(t, dropping_forgets_a_block_wherever_its_account_was);
    tcase_add_test(t, what_malloc_did_not_give_is_no_block);
    tcase_add_test(t, facts_that_do_not_fit_eight_bytes_are_kept_in_the_table);
    tcase_add_test(t, a_slack_just_below_the_sign_for_the_table_is_no_such_sign);
    tcase_add_test(t, a_block_without_room_for_its_account_is_counted_as_lost);
    tcase_add_test(t, a_byte_written_behind_a_block_is_noticed);
    tcase_add_test(t, an_overwritten_account_is_never_believed_to_be_longer_than_the_block);
    tcase_add_test(t, no_byte_of_an_account_makes_it_crash);
    tcase_add_test(t, an_overwritten_size_of_malloc_s_does_not_crash);
    tcase_add_test(t, a_block_whose_memory_is_gone_is_passed_over);
    tcase_add_test(t, a_block_is_as_old_as_the_mark_before_it);
    tcase_add_test(t, a_block_that_is_put_back_keeps_its_age);
    tcase_add_test(t, the_last_epoch_is_never_left);
    tcase_add_test(t, any_block_can_be_ignored_by_a_pointer_into_it);
    tcase_add_test(t, each_visits_every_live_block_once_until_told_to_stop);
    tcase_add_test(t, the_nearest_start_below_is_found_as_in_a_list);
    tcase_add_test(t, the_table_of_large_blocks_is_exact_under_random_use);
    tcase_add_test(t, the_account_agrees_with_a_simple_list);
    tcase_add_test(t, without_memory_for_a_leaf_the_block_is_lost_and_the_next_one_is_not);
    tcase_add_test(t, without_memory_for_its_growth_the_table_is_filled_to_the_last_slot_but_one);
    tcase_add_test(t, a_freeze_without_memory_fails_and_leaves_nothing_behind);
    tcase_add_test(t, two_threads_do_not_disturb_each_other);
    tcase_add_test(t, two_threads_share_the_table_of_large_blocks);
    tcase_add_test(t, of_two_threads_that_free_the_same_block_one_wins);
    tcase_add_test(t, looking_while_another_thread_allocates_does_not_crash);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return suite_run(suite());
}
