/* record/share_owner, share_said, share_stranger: whose a buffer is, and what was said of it. */
#include "share_items.h"

#include <string.h>

START_TEST(of_traces_the_last_four_stay)
{
    struct share_item *i = item(0x10000, 100, 0);
    char hint[] = "0";
    for (uint32_t n = 0; n < 6; n++, hint[0]++)
        csan__share_add_trace(i, n, 100, hint);
    uint32_t n = 6;
    for (struct share_trace *t = i->traces; t; t = t->next) {
        ck_assert_uint_eq(t->stack, --n);
        ck_assert_int_eq(t->hint[0], (char)('0' + n));
    }
    ck_assert_uint_eq(n, 6 - SHARE_TRACES);
    csan__share_remove(i);
}
END_TEST

START_TEST(what_was_said_of_a_buffer_ends_with_it)
{
    struct share_item *i = item(0x10000, 100, 0);
    ck_assert(csan__share_add_hole(i, 8, 8) && csan__share_add_hole(i, 0, 4));
    csan__share_add_trace(i, 1, 100, "here");
    struct share_hole *first = i->holes, *second = first->next;
    csan__share_remove(i);
    ck_assert_ptr_eq(item(0x20000, 100, 0), i);
    ck_assert(!i->holes && !i->traces);
    ck_assert(csan__share_add_hole(i, 20, 1) && i->holes == second);
    ck_assert(csan__share_add_hole(i, 30, 1) && second->next == first && !first->next);
    csan__share_remove(i);
}
END_TEST

START_TEST(strangers_are_released_as_often_as_they_were_shared)
{
    const uintptr_t addr = 0x123450;
    uintptr_t other = addr;
    ck_assert(!csan__share_stranger_released(addr));
    csan__share_stranger(addr);
    csan__share_stranger(addr);
    ck_assert(csan__share_stranger_released(addr) && csan__share_stranger_released(addr));
    ck_assert(!csan__share_stranger_released(addr));
    csan__share_stranger(addr);
    ck_assert(!csan__share_stranger_released(addr + 16));
    for (unsigned n = 0; n < 100000; n++) /* two of them have one place in the table */
        csan__share_stranger(other += 16);
    ck_assert(csan__share_stranger_released(8));
}
END_TEST

START_TEST(rounds_note_what_owners_hold)
{
    struct share_owner *cache = csan__share_owner_add("rows", false);
    struct share_owner *pool = csan__share_owner_add("spare", true);
    struct share_item *row = item(0x10000, 100, 0x10000), *spare = item(0x20000, 50, 0x20000);
    struct share_item *fixed = item(0x30000, 7, 0x30000);
    ck_assert(!csan__share_is_kept(0x10000));
    row->owner = cache;
    cache->bytes = 100, cache->entries = 1;
    spare->owner = fixed->owner = pool;
    spare->state = SHARE_SPARE, fixed->state = SHARE_LENT;
    spare->heap = true;
    ck_assert(csan__share_is_kept(0x10000) && csan__share_is_kept(0x20000));
    csan__share_round();
    csan__share_round();
    ck_assert(cache->rounds == 2 && cache->levels[1].bytes == 100 && cache->levels[1].entries == 1);
    ck_assert(pool->levels[1].bytes == 50 && pool->levels[1].entries == 1);
    row->state = SHARE_ENDED;
    ck_assert(!csan__share_is_kept(0x10000));
    ck_assert_ptr_eq(csan__share_owner_named("rows"), cache);
    ck_assert_ptr_ne(csan__share_owner_named("spare"), pool);
    csan__share_remove(row);
    csan__share_remove(spare);
    csan__share_remove(fixed);
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
    Suite *s = suite_create("share_owner");
    TCase *t = tcase_create("share_owner");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, of_traces_the_last_four_stay);
    tcase_add_test(t, what_was_said_of_a_buffer_ends_with_it);
    tcase_add_test(t, strangers_are_released_as_often_as_they_were_shared);
    tcase_add_test(t, rounds_note_what_owners_hold);
    tcase_add_test(t, names_are_cut_and_owners_are_told_apart);
    suite_add_tcase(s, t);
    return suite_run(s);
}
