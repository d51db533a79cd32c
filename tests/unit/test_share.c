/* record/share: the registry against a plain array, its borrows, its checksums. */
#include "record/block.h"
#include "record/share.h"
#include "record/share_index.h"
#include "record/share_sum.h"
#include "suite.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define CACHE (SHARE_CACHED | SHARE_EVICTED)

static struct share_item *item(uintptr_t lo, size_t bytes, uintptr_t home)
{
    struct share_item *i = csan__share_add(lo, bytes, home);
    ck_assert_ptr_nonnull(i);
    i->state = SHARE_CACHED;
    return i;
}

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

static struct lock brief = LOCK_INIT(LOCK_BORROW);
static volatile uint32_t within, clashes, counted; /* under it */
#define TURNS 5000u

static void *count_up(void *arg)
{
    for (uint32_t n = 0; n < TURNS; n++) {
        csan__lock_take_brief(&brief);
        clashes += within++ != 0;
        if (n % 16 == 0)
            sched_yield(); /* others come while it is held */
        within--;
        counted++;
        csan__lock_give_brief(&brief);
    }
    return arg;
}

START_TEST(a_brief_lock_keeps_out_and_lets_go)
{
    pthread_t t[4];
    for (size_t n = 0; n < CSAN_COUNT(t); n++)
        ck_assert_int_eq(pthread_create(&t[n], NULL, count_up, NULL), 0);
    for (size_t n = 0; n < CSAN_COUNT(t); n++)
        pthread_join(t[n], NULL);
    ck_assert_uint_eq(clashes, 0);
    ck_assert_uint_eq(counted, CSAN_COUNT(t) * TURNS);
    ck_assert_uint_eq(brief.word, 0);
}
END_TEST

#define SHARERS 4
#define SHARED 3
static struct share_item *shared[SHARED];

/* Two shares at a time of each, so that borrows come from the shard's list and go back to it. */
static void *share_them(void *arg)
{
    int tid = (int)(intptr_t)arg;
    struct share_borrow was;
    uint32_t own = 0;
    for (int n = 0; n < 30000; n++) {
        struct share_item *i = shared[n % SHARED];
        bool locked = csan__share_hold_any(i);
        ck_assert(locked && csan__share_push(i, (uint32_t)tid, tid, 1));
        ck_assert(csan__share_push(i, (uint32_t)(n & 1) + 100, tid, 1));
        csan__share_let_go(i, locked);
        for (int back = 0; back < 2; back++) {
            locked = csan__share_hold_any(i);
            ck_assert(csan__share_pop(i, tid, &was));
            own += was.tid == tid;
            csan__share_let_go(i, locked);
        }
    }
    return (void *)(uintptr_t)own;
}

START_TEST(threads_that_share_get_back_what_is_theirs)
{
    pthread_t t[SHARERS];
    for (uint32_t n = 0; n < SHARED; n++)
        shared[n] = item(0x80000 + n * 100, 100, 0);
    csan__block_threaded = true;
    for (intptr_t n = 0; n < SHARERS; n++)
        ck_assert_int_eq(pthread_create(&t[n], NULL, share_them, (void *)(n + 100)), 0);
    for (int n = 0; n < SHARERS; n++) {
        void *own;
        pthread_join(t[n], &own);
        ck_assert_uint_eq((uintptr_t)own, 60000);
    }
    csan__block_threaded = false;
    for (uint32_t n = 0; n < SHARED; n++) {
        ck_assert(!shared[n]->live && !shared[n]->borrows && !shared[n]->holders);
        csan__share_remove(shared[n]);
    }
    ck_assert(csan__share_is_valid());
}
END_TEST

START_TEST(a_release_ends_the_newest_of_its_thread)
{
    struct share_item *i = item(0x60000, 16, 0);
    struct share_borrow was;
    ck_assert(csan__share_push(i, 1, 100, 1));
    ck_assert(csan__share_push(i, 2, 100, 1));
    ck_assert(csan__share_push(i, 1, 100, 1));
    ck_assert(csan__share_push(i, 3, 200, 1));
    ck_assert_uint_eq(i->live, 4);
    ck_assert(csan__share_pop(i, 100, &was) && was.stack == 1);
    ck_assert(csan__share_pop(i, 100, &was) && was.stack == 2);
    ck_assert(csan__share_pop(i, 300, &was) && was.stack == 3);
    ck_assert(csan__share_is_valid());
    ck_assert(csan__share_pop(i, 200, &was) && was.stack == 1);
    ck_assert(!csan__share_pop(i, 100, &was));
    ck_assert_uint_eq(i->live, 0);
    csan__share_remove(i);
}
END_TEST

START_TEST(a_buffer_used_again_keeps_its_borrow)
{
    struct share_borrow was;
    struct share_item *i = item(0x10000, 100, 0);
    ck_assert(csan__share_push(i, 1, 100, 1));
    uint32_t first = i->borrows;
    ck_assert(csan__share_pop(i, 100, &was));
    csan__share_remove(i);
    ck_assert_ptr_eq(item(0x20000, 100, 0), i);
    ck_assert(csan__share_push(i, 1, 100, 1));
    ck_assert_uint_eq(i->borrows, first);
    ck_assert(csan__share_push(i, 2, 100, 1));
    uint32_t second = i->borrows;
    ck_assert_uint_ne(second, first);
    ck_assert(csan__share_pop(i, 100, &was) && csan__share_pop(i, 100, &was));
    ck_assert(csan__share_push(i, 1, 100, 1) && i->borrows == second);
    ck_assert(csan__share_push(i, 2, 100, 1) && i->borrows == first);
    csan__share_remove(i);
}
END_TEST

START_TEST(a_million_shares_of_one_buffer)
{
    struct share_item *i = item(0x70000, 16, 0);
    struct share_borrow was;
    for (uint32_t n = 0; n < 1000000; n++)
        ck_assert(csan__share_push(i, n & 1 ? 1 : 2, (int)(n & 3), 1));
    ck_assert_uint_eq(i->live, 1000000);
    for (uint32_t n = 0; n < 1000000; n++)
        ck_assert(csan__share_pop(i, 9, &was));
    ck_assert(csan__share_is_valid());
    csan__share_remove(i);
}
END_TEST

/* --- checksums */

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

START_TEST(names_are_cut_and_owners_are_told_apart)
{
    static char name[1 << 20];
    memset(name, 'x', sizeof name - 1);
    struct share_owner *o = csan__share_owner_add(name, false);
    ck_assert_uint_lt(strlen(o->name), SHARE_NAME_MAX);
    ck_assert_ptr_eq(csan__share_owner_of(o, false), o);
    ck_assert_ptr_null(csan__share_owner_of(o, true));
    ck_assert_ptr_null(csan__share_owner_of(name, false));
    ck_assert_ptr_null(csan__share_owner_of((void *)16, false));
    ck_assert_str_eq(csan__share_owner_add(NULL, true)->name, "unnamed");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("share");
    TCase *t = tcase_create("share");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, interior_pointers_find_their_buffer);
    tcase_add_test(t, the_smallest_of_nested_buffers_is_found);
    tcase_add_test(t, what_is_remembered_ends_with_a_smaller_one_there);
    tcase_add_test(t, it_agrees_with_an_array);
    tcase_add_test(t, a_block_lists_what_lies_in_it);
    tcase_add_test(t, a_block_without_items_holds_none_any_more);
    tcase_add_test(t, one_that_is_gone_is_renewed_in_its_place);
    tcase_add_test(t, of_those_that_are_gone_a_million_are_remembered);
    tcase_add_test(t, the_smallest_is_found_where_a_block_has_several);
    tcase_add_test(t, a_brief_lock_keeps_out_and_lets_go);
    tcase_add_test(t, threads_that_share_get_back_what_is_theirs);
    tcase_add_test(t, a_release_ends_the_newest_of_its_thread);
    tcase_add_test(t, a_buffer_used_again_keeps_its_borrow);
    tcase_add_test(t, a_million_shares_of_one_buffer);
    tcase_add_test(t, every_changed_byte_is_seen);
    tcase_add_test(t, changes_do_not_make_up_for_each_other);
    tcase_add_test(t, of_a_long_buffer_ends_and_windows_are_summed);
    tcase_add_test(t, holes_may_change_and_what_lies_behind_may_not);
    tcase_add_test(t, memory_that_is_not_there_is_not_summed);
    tcase_add_test(t, names_are_cut_and_owners_are_told_apart);
    suite_add_tcase(s, t);
    return suite_run(s);
}
