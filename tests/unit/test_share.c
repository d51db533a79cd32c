/* record/share: the registry against a plain array. */
#include "record/share_index.h"
#include "share_items.h"

#include <stdlib.h>
#include <string.h>

#define CACHE (SHARE_CACHED | SHARE_EVICTED)

START_TEST(interior_pointers_find_their_buffer)
{
    struct share_item *i = item(0x10000, 100, 0);
    ck_assert_ptr_eq(csan__share_find(0x10000, CACHE), i);
    ck_assert_ptr_eq(csan__share_find(0x10063, CACHE), i);
    ck_assert_ptr_null(csan__share_find(0x10064, CACHE));
    ck_assert_ptr_null(csan__share_find(0xffff, CACHE));
    ck_assert_ptr_null(csan__share_find(0x10000, SHARE_GONE));
    csan__share_remove(i);
    ck_assert_ptr_null(csan__share_find(0x10000, CACHE));
    ck_assert(csan__share_is_valid());
}
END_TEST

START_TEST(the_smallest_of_nested_buffers_is_found)
{
    struct share_item *outer = item(0x20000, 5000, 0), *inner = item(0x20800, 64, 0);
    struct share_item *empty = item(0x20010, 0, 0);
    ck_assert_ptr_eq(csan__share_find(0x20810, CACHE), inner);
    ck_assert_ptr_eq(csan__share_find(0x20840, CACHE), outer);
    ck_assert_ptr_eq(csan__share_find(0x20010, CACHE), empty);
    ck_assert_ptr_eq(csan__share_find(0x20011, CACHE), outer);
    ck_assert_ptr_eq(csan__share_at(0x20000, CACHE), outer);
    ck_assert_ptr_null(csan__share_at(0x20001, CACHE));
    csan__share_remove(outer);
    csan__share_remove(inner);
    csan__share_remove(empty);
}
END_TEST

START_TEST(of_two_in_sixteen_bytes_the_other_stays)
{
    struct share_item *one = item(0x20000, 8, 0), *other = item(0x20008, 8, 0);
    csan__share_remove(other);
    ck_assert_ptr_eq(csan__share_find(0x20004, CACHE), one);
    ck_assert_ptr_null(csan__share_find(0x20008, CACHE));
    csan__share_remove(one);
    ck_assert(csan__share_is_valid());
}
END_TEST

START_TEST(what_is_remembered_ends_with_a_smaller_one_there)
{
    struct share_known known[SHARE_KNOWN] = {{0, NULL, 0}};
    struct share_item *outer = item(0x20000, 5000, 0);
    ck_assert_ptr_eq(csan__share_recall(known, 0x20810), outer);
    ck_assert_ptr_eq(csan__share_recall(known, 0x20810), outer);
    struct share_item *inner = item(0x20800, 64, 0);
    ck_assert_ptr_eq(csan__share_recall(known, 0x20810), inner);
    inner->state = SHARE_ENDED;
    ck_assert_ptr_eq(csan__share_recall(known, 0x20810), outer);
    csan__share_remove(inner);
    csan__share_remove(outer);
    ck_assert_ptr_null(csan__share_recall(known, 0x20810));
}
END_TEST

#define MANY 4000u
#define SPACING 0x3000u

static uintptr_t place(uint32_t n)
{
    return 0x40000000 + (uintptr_t)n * SPACING;
}

/* Added and removed at random; after each step both say the same of some addresses. */
START_TEST(it_agrees_with_an_array)
{
    static struct share_item *all[MANY];
    static size_t bytes[MANY];
    unsigned seed = 12345;
    for (int step = 0; step < 60000; step++) {
        uint32_t n = (uint32_t)rand_r(&seed) % MANY;
        if (all[n]) {
            csan__share_remove(all[n]);
            all[n] = NULL;
        } else {
            bytes[n] = (size_t)rand_r(&seed) % (1u << rand_r(&seed) % 14) % SPACING;
            all[n] = item(place(n), bytes[n], n % 3 ? place(n / 3 * 3) : 0);
        }
        uint32_t m = (uint32_t)rand_r(&seed) % MANY;
        size_t off = (size_t)rand_r(&seed) % SPACING;
        bool inside = all[m] && (off < bytes[m] || off == 0);
        ck_assert_ptr_eq(csan__share_find(place(m) + off, CACHE), inside ? all[m] : NULL);
        if (step % 10000 == 0)
            ck_assert(csan__share_is_valid());
    }
    for (uint32_t n = 0; n < MANY; n++)
        if (all[n])
            csan__share_remove(all[n]);
    ck_assert(csan__share_is_valid());
}
END_TEST

/* Wherever in the table they come to stand, what remains is found when others are taken out. */
START_TEST(a_table_that_is_half_full_loses_none)
{
    static struct share_item *all[250];
    unsigned seed = 7;
    for (int step = 0; step < 100000; step++) {
        struct share_item **one = &all[(size_t)rand_r(&seed) % 250];
        if (*one) {
            ck_assert_ptr_eq(csan__share_find((*one)->lo, CACHE), *one);
            csan__share_remove(*one);
            *one = NULL;
        } else
            *one = item((uintptr_t)rand_r(&seed) << 6, 16, 0);
    }
    ck_assert(csan__share_is_valid());
}
END_TEST

START_TEST(what_can_be_no_buffer_is_not_taken)
{
    ck_assert_ptr_null(csan__share_add((uintptr_t)1 << 47, 16, 0));
    ck_assert_ptr_null(csan__share_add(UINTPTR_MAX - 8, 16, 0));
    ck_assert_ptr_null(csan__share_add(0x10000, (size_t)1 << 48, 0));
    ck_assert_uint_eq(csan__share_lost(), 3);
    ck_assert(csan__share_is_valid());
}
END_TEST

START_TEST(a_block_lists_what_lies_in_it)
{
    struct share_item *a = item(0x50000, 16, 0x50000), *b = item(0x50010, 16, 0x50000);
    struct share_item *c = item(0x50020, 16, 0x50000);
    ck_assert(csan__share_may_hold(0x50000));
    csan__share_remove(b);
    struct share_item *first = csan__share_first_in(0x50000);
    ck_assert_ptr_eq(first, c);
    ck_assert_ptr_eq(csan__share_next_in(first), a);
    csan__share_gone(c);
    ck_assert_ptr_eq(csan__share_first_in(0x50000), a);
    csan__share_remove(a);
    ck_assert_ptr_null(csan__share_first_in(0x50000));
    ck_assert_ptr_eq(csan__share_find(0x50021, SHARE_GONE), c);
    csan__share_remove(c);
    ck_assert(csan__share_is_valid());
}
END_TEST

START_TEST(a_block_without_items_holds_none_any_more)
{
    struct share_item *a = item(0x1050000, 16, 0x1050000), *b = item(0x1050010, 16, 0x1050000);
    struct share_item *other = item(0x1050080, 16, 0x1050080); /* has the same counter */
    csan__share_remove(a);
    csan__share_remove(other);
    ck_assert(csan__share_may_hold(0x1050000));
    csan__share_gone(b);
    ck_assert(!csan__share_may_hold(0x1050000));
    csan__share_remove(b);
    struct share_item *many[600];
    for (size_t n = 0; n < CSAN_COUNT(many);
         n++) /* more than a counter holds: blocks at odd places */
        many[n] = item(0x2000000 + n % 256, 1, 0x2000000 + n % 256);
    for (size_t n = 0; n < CSAN_COUNT(many); n++)
        csan__share_remove(many[n]);
    ck_assert(csan__share_may_hold(0x2000000));
    ck_assert(csan__share_is_valid());
}
END_TEST

START_TEST(one_that_is_gone_is_renewed_in_its_place)
{
    struct share_item *i = item(0x1060000, 64, 0x1060000);
    i->ended_stack = 7;
    i->heap = true;
    ck_assert(csan__share_add_hole(i, 8, 8));
    csan__share_add_trace(i, 5, 100, "was here");
    ck_assert(csan__share_push(i, 1, 100, 1));
    csan__share_gone(i);
    uint32_t added = csan__share_added;
    ck_assert_ptr_eq(csan__share_renew(i, 0x1060000), i);
    ck_assert_uint_ne(csan__share_added, added);
    ck_assert_uint_eq(i->ended_stack, 0);
    ck_assert_uint_eq(i->live, 0);
    ck_assert_ptr_null(i->holes);
    ck_assert_ptr_null(i->traces);
    ck_assert(!i->heap);
    ck_assert_ptr_null(csan__share_find(0x1060010, SHARE_GONE));
    i->state = SHARE_CACHED;
    ck_assert_ptr_eq(csan__share_find(0x1060010, CACHE), i);
    ck_assert_ptr_eq(csan__share_at(0x1060000, CACHE), i);
    ck_assert(csan__share_may_hold(0x1060000));
    ck_assert(csan__share_is_valid());
    csan__share_remove(i);
}
END_TEST

#define REMEMBERED (1u << 20)

START_TEST(of_those_that_are_gone_a_million_are_remembered)
{
    const uintptr_t lo = 0x100000;
    struct share_item *kept = item(0x1000, 16, 0);
    for (uintptr_t n = 0; n < REMEMBERED + 100; n++)
        csan__share_gone(item(lo + n * 64, 16, 0));
    ck_assert_ptr_eq(csan__share_find(0x1000, CACHE), kept);
    ck_assert_ptr_null(csan__share_find(lo + 99 * 64, SHARE_GONE));
    ck_assert_ptr_nonnull(csan__share_find(lo + 100 * 64, SHARE_GONE));
    ck_assert_ptr_nonnull(csan__share_find(lo + (REMEMBERED + 99) * 64, SHARE_GONE));
}
END_TEST

START_TEST(the_smallest_is_found_where_a_block_has_several)
{
    struct share_item *whole = item(0x1070000, 256, 0x1070000);
    ck_assert_ptr_eq(csan__share_find(0x1070000, CACHE), whole);
    struct share_item *head = item(0x1070000, 16, 0x1070000);
    ck_assert_ptr_eq(csan__share_find(0x1070000, CACHE), head);
    ck_assert_ptr_eq(csan__share_find(0x1070010, CACHE), whole);
    head->state = SHARE_ENDED;
    ck_assert_ptr_eq(csan__share_find(0x1070000, CACHE), whole);
    struct share_item *later = item(0x1080000, 16, 0x1080000);
    struct share_item *around = item(0x1080000, 256, 0x1080000);
    ck_assert_ptr_eq(csan__share_find(0x1080000, CACHE), later);
    csan__share_remove(later);
    ck_assert_ptr_eq(csan__share_find(0x1080000, CACHE), around);
    csan__share_remove(around);
    csan__share_remove(whole);
    ck_assert_ptr_null(csan__share_find(0x1070000, CACHE));
    csan__share_remove(head);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("share");
    TCase *t = tcase_create("share");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, interior_pointers_find_their_buffer);
    tcase_add_test(t, the_smallest_of_nested_buffers_is_found);
    tcase_add_test(t, of_two_in_sixteen_bytes_the_other_stays);
    tcase_add_test(t, what_is_remembered_ends_with_a_smaller_one_there);
    tcase_add_test(t, it_agrees_with_an_array);
    tcase_add_test(t, a_table_that_is_half_full_loses_none);
    tcase_add_test(t, what_can_be_no_buffer_is_not_taken);
    tcase_add_test(t, a_block_lists_what_lies_in_it);
    tcase_add_test(t, a_block_without_items_holds_none_any_more);
    tcase_add_test(t, one_that_is_gone_is_renewed_in_its_place);
    tcase_add_test(t, of_those_that_are_gone_a_million_are_remembered);
    tcase_add_test(t, the_smallest_is_found_where_a_block_has_several);
    suite_add_tcase(s, t);
    return suite_run(s);
}
