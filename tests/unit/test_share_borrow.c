/* record/share_borrow: who has a share, one thread or several. */
#include "share_items.h"

#include <pthread.h>
#include <sched.h>

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

START_TEST(shares_of_another_epoch_stand_by_themselves)
{
    struct share_item *i = item(0x10000, 100, 0);
    ck_assert(csan__share_push(i, 1, 100, 1) && csan__share_push(i, 1, 100, 1));
    ck_assert(csan__share_push(i, 1, 100, 2));
    struct share_borrow *newest = csan__share_borrow(i, i->borrows);
    ck_assert(newest->epoch == 2 && newest->count == 1);
    ck_assert_uint_eq(csan__share_borrow(i, newest->next)->count, 2);
    newest->epoch = 0; /* reported */
    ck_assert(csan__share_push(i, 1, 100, 2));
    ck_assert_uint_eq(newest->count, 1);
    csan__share_remove(i);
}
END_TEST

START_TEST(that_very_share_is_given_back)
{
    struct share_item *i = item(0x10000, 100, 0);
    struct share_borrow was;
    ck_assert(csan__share_push(i, 1, 100, 1) && csan__share_push(i, 2, 100, 1));
    ck_assert(csan__share_push(i, 1, 200, 1));
    ck_assert(csan__share_pop_of(i, 100, 1, &was) && was.tid == 100 && was.stack == 1);
    ck_assert(csan__share_pop_of(i, 100, 9, &was) && was.tid == 100 && was.stack == 2);
    ck_assert(csan__share_pop_of(i, 100, 9, &was) && was.tid == 200);
    ck_assert(!csan__share_pop_of(i, 100, 9, &was));
    csan__share_remove(i);
}
END_TEST

START_TEST(all_are_given_back_at_once)
{
    struct share_item *i = item(0x10000, 100, 0);
    ck_assert(csan__share_push(i, 1, 100, 1) && csan__share_push(i, 1, 100, 1));
    ck_assert(csan__share_push(i, 2, 200, 1));
    csan__share_pop_all(i);
    ck_assert(!i->live && !i->borrows && !i->holders);
    ck_assert(csan__share_push(i, 3, 300, 1) && i->live == 1);
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

int main(void)
{
    Suite *s = suite_create("share_borrow");
    TCase *t = tcase_create("share_borrow");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_brief_lock_keeps_out_and_lets_go);
    tcase_add_test(t, threads_that_share_get_back_what_is_theirs);
    tcase_add_test(t, a_release_ends_the_newest_of_its_thread);
    tcase_add_test(t, a_buffer_used_again_keeps_its_borrow);
    tcase_add_test(t, shares_of_another_epoch_stand_by_themselves);
    tcase_add_test(t, that_very_share_is_given_back);
    tcase_add_test(t, all_are_given_back_at_once);
    tcase_add_test(t, a_million_shares_of_one_buffer);
    suite_add_tcase(s, t);
    return suite_run(s);
}
