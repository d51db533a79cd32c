/* record/share_sum: what changes is seen. */
#include "record/share_sum.h"
#include "share_items.h"

#include <stdlib.h>
#include <string.h>

static size_t changed(struct share_item *i, const char *bytes, size_t n, size_t step)
{
    size_t found = 0;
    char *p = (char *)i->lo;
    (void)bytes;
    for (size_t at = 0; at < n; at += step) {
        csan__share_arm(i);
        p[at] ^= 1;
        found += csan__share_verify(i) == SHARE_BODY_CHANGED;
        p[at] ^= 1;
        ck_assert_int_eq(csan__share_verify(i), SHARE_SAME);
    }
    return found;
}

START_TEST(every_changed_byte_is_seen)
{
    static char room[70000];
    for (int heap = 0; heap < 2; heap++)
        for (size_t n = 0; n < 200; n++) {
            struct share_item i = {.lo = (uintptr_t)room + 1, .bytes = n, .heap = heap, .room = n};
            ck_assert_uint_eq(changed(&i, room, n, 1), n);
        }
    struct share_item i = {.lo = (uintptr_t)room, .bytes = 40000, .heap = true, .room = 40000};
    ck_assert_uint_eq(changed(&i, room, 40000, 97), (40000 + 96) / 97);
}
END_TEST

/* Two words that trade places, lose their signs, take from each other, become alike. */
static void change_two(char *p, size_t one, size_t other, unsigned how)
{
    uint64_t x, y;
    memcpy(&x, p + one, sizeof x);
    memcpy(&y, p + other, sizeof y);
    uint64_t to[4][2] = {{y, x}, {x ^ 1ull << 63, y ^ 1ull << 63}, {x + 1, y - 1}, {y, y}};
    memcpy(p + one, &to[how][0], sizeof x);
    memcpy(p + other, &to[how][1], sizeof y);
}

START_TEST(changes_do_not_make_up_for_each_other)
{
    char room[700], was[700];
    uint32_t seed = 1;
    for (size_t n = 0; n < sizeof room; n++)
        was[n] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
    for (size_t n = 16; n < sizeof room; n++)
        for (unsigned tries = 0; tries < 80; tries++) {
            struct share_item i = {.lo = (uintptr_t)room, .bytes = n, .heap = true, .room = n};
            memcpy(room, was, sizeof room);
            csan__share_arm(&i);
            size_t one = (seed = seed * 1664525 + 1013904223) % (n - 15);
            size_t other = one + 8 + (seed >> 16) % (n - 15 - one);
            change_two(room, one, other, tries % 4);
            ck_assert_int_eq(csan__share_verify(&i), SHARE_BODY_CHANGED);
        }
}
END_TEST

START_TEST(pieces_that_trade_places_are_seen)
{
    char room[512], piece[16];
    for (size_t n = 0; n < sizeof room; n++)
        room[n] = (char)(n * 7 + n / 16 * 5);
    for (size_t n = 32; n <= sizeof room; n += 16)
        for (size_t at = 16; at + 16 <= n; at += 16) {
            struct share_item i = {.lo = (uintptr_t)room, .bytes = n, .heap = true, .room = n};
            csan__share_arm(&i);
            memcpy(piece, room, 16);
            memcpy(room, room + at, 16);
            memcpy(room + at, piece, 16);
            ck_assert_int_eq(csan__share_verify(&i), SHARE_BODY_CHANGED);
        }
}
END_TEST

START_TEST(what_lies_behind_a_part_of_a_block_is_not_summed)
{
    static char room[256];
    struct share_item *i = item((uintptr_t)room, 100, 0);
    i->heap = i->fixed = true;
    i->room = 200;
    for (int holes = 0; holes < 2; holes++) {
        csan__share_arm(i);
        room[150]++;
        ck_assert_int_eq(csan__share_verify(i), SHARE_SAME);
        ck_assert_uint_eq(csan__share_sum_cost(i), 100);
        ck_assert(csan__share_add_hole(i, 40, 8));
    }
    csan__share_remove(i);
}
END_TEST

START_TEST(of_a_long_buffer_ends_and_windows_are_summed)
{
    size_t n = (size_t)1 << 20;
    char *room = calloc(1, n);
    struct share_item i = {.lo = (uintptr_t)room, .bytes = n, .heap = true, .room = n};
    ck_assert_uint_eq(changed(&i, room, 16384, 4097), 4);
    csan__share_arm(&i);
    room[n - 1] = 1;
    ck_assert_int_eq(csan__share_verify(&i), SHARE_BODY_CHANGED);
    csan__share_arm(&i);
    room[20000] = 1; /* a documented miss */
    ck_assert_int_eq(csan__share_verify(&i), SHARE_SAME);
    free(room);
}
END_TEST

START_TEST(holes_may_change_and_what_lies_behind_may_not)
{
    static char room[256];
    struct share_item *i = item((uintptr_t)room, 100, 0);
    i->heap = true;
    i->room = 200;
    ck_assert(csan__share_add_hole(i, 40, 8));
    ck_assert(csan__share_add_hole(i, 0, 4));
    ck_assert(csan__share_add_hole(i, 42, 2));
    ck_assert(csan__share_add_hole(i, 44, 10));
    csan__share_arm(i);
    room[0] = room[3] = room[40] = room[53] = 1;
    ck_assert_int_eq(csan__share_verify(i), SHARE_SAME);
    room[54] = 1;
    ck_assert_int_eq(csan__share_verify(i), SHARE_BODY_CHANGED);
    csan__share_arm(i);
    room[199] = 1;
    ck_assert_int_eq(csan__share_verify(i), SHARE_TAIL_CHANGED);
    i->windows = 1;
    ck_assert_int_eq(csan__share_verify(i), SHARE_SAME);
    csan__share_remove(i);
}
END_TEST

START_TEST(memory_that_is_not_there_is_not_summed)
{
    struct share_item i = {.lo = 8, .bytes = 64, .room = 64};
    csan__share_arm(&i);
    ck_assert(!i.armed);
    ck_assert_int_eq(csan__share_verify(&i), SHARE_SAME);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("share_sum");
    TCase *t = tcase_create("share_sum");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_changed_byte_is_seen);
    tcase_add_test(t, changes_do_not_make_up_for_each_other);
    tcase_add_test(t, pieces_that_trade_places_are_seen);
    tcase_add_test(t, what_lies_behind_a_part_of_a_block_is_not_summed);
    tcase_add_test(t, of_a_long_buffer_ends_and_windows_are_summed);
    tcase_add_test(t, holes_may_change_and_what_lies_behind_may_not);
    tcase_add_test(t, memory_that_is_not_there_is_not_summed);
    suite_add_tcase(s, t);
    return suite_run(s);
}
