/* record/colour.c: windows, spans, guards. */
#include "base/os.h"
#include "record/colour.h"

#include <check.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct colour_use somebody = {.stack = 7, .tid = 3};
static sigjmp_buf back;

static void jump(int sig)
{
    (void)sig;
    siglongjmp(back, 1);
}

static void begin(void)
{
    struct sigaction act = {.sa_handler = jump};
    sigaction(SIGSEGV, &act, NULL);
    ck_assert_int_eq(csan__colour_start(), 0);
}

static char *seen_as(const struct span *s, unsigned colour)
{
    return (char *)s->at + ((uintptr_t)colour << COLOUR_WINDOW_BITS);
}

static bool can_read(volatile char *p)
{
    if (sigsetjmp(back, 1))
        return false;
    (void)*p;
    return true;
}

static bool can_write(volatile char *p)
{
    if (sigsetjmp(back, 1))
        return false;
    *p = *p;
    return true;
}

START_TEST(a_span_holds_its_block_and_keeps_its_alignment)
{
    static const size_t sizes[] = {0, 1, 4000, 4016, 4017, 4096, 70000, 5 << 20};
    for (size_t i = 0; i < CSAN_COUNT(sizes); i++)
        for (uintptr_t align = 16; align <= 2 << 20; align *= 4) {
            struct span *s = csan__colour_make(sizes[i], align);
            ck_assert_ptr_nonnull(s);
            ck_assert_uint_eq(s->at % align, 0);
            ck_assert_uint_ge(s->usable, sizes[i] + 8);
            memset((void *)s->at, 1, s->usable);
            ck_assert_ptr_eq(csan__colour_span(s->at + sizes[i]), s);
            ck_assert_ptr_eq(csan__colour_span((uintptr_t)seen_as(s, 5)), s);
            ck_assert_uint_eq(csan__colour_home((uintptr_t)seen_as(s, 5)), s->at);
            ck_assert_uint_eq(((size_t *)s->at)[-1], (s->usable + 16) | 2);
        }
    ck_assert(csan__colour_is_valid());
    ck_assert_ptr_null(csan__colour_make(COLOUR_WINDOW, 16));
    ck_assert_ptr_null(csan__colour_span((uintptr_t)&sizes));
}
END_TEST

START_TEST(shares_read_loans_write_and_neither_after_it_was_given)
{
    struct span *s = csan__colour_make(100, 16);
    strcpy((char *)s->at, "bytes");
    unsigned share = csan__colour_take(s, false, &somebody);
    unsigned loan = csan__colour_take(s, true, &somebody);
    ck_assert_uint_lt(share, COLOUR_LOANS);
    ck_assert_uint_ge(loan, COLOUR_LOANS);
    ck_assert_str_eq(seen_as(s, share), "bytes");
    ck_assert(can_write(seen_as(s, loan)) && !can_write(seen_as(s, share)));
    ck_assert(can_write((char *)s->at));
    ck_assert(csan__colour_give(s, share, 8, 4) && csan__colour_give(s, loan, 8, 4));
    ck_assert(!can_read(seen_as(s, share)) && !can_read(seen_as(s, loan)));
    ck_assert_uint_eq(csan__colour_use(s, share)->released_stack, 8);
    csan__colour_unguard(s, share);
    ck_assert(can_read(seen_as(s, share)) && !can_write(seen_as(s, share)));
    ck_assert(csan__colour_is_valid());
}
END_TEST

START_TEST(colours_are_used_again_the_oldest_first)
{
    struct span *s = csan__colour_make(100, 16);
    unsigned first = csan__colour_take(s, false, &somebody);
    csan__colour_give(s, first, 0, 0);
    for (unsigned k = 1; k < COLOUR_COMMON - 1; k++) {
        unsigned c = csan__colour_take(s, false, &somebody);
        ck_assert_uint_ne(c, first);
        csan__colour_give(s, c, 0, 0);
    }
    ck_assert(!can_read(seen_as(s, first)));
    ck_assert_uint_eq(csan__colour_take(s, false, &somebody), first);
    ck_assert(can_read(seen_as(s, first)));
}
END_TEST

START_TEST(what_finds_no_colour_has_one_in_common)
{
    struct span *s = csan__colour_make(100, 16);
    for (unsigned k = 1; k < COLOUR_COMMON; k++)
        ck_assert_uint_ne(csan__colour_take(s, false, &somebody), COLOUR_COMMON);
    for (unsigned k = 0; k < 3; k++)
        ck_assert_uint_eq(csan__colour_take(s, false, &somebody), COLOUR_COMMON);
    ck_assert(!csan__colour_give(s, COLOUR_COMMON, 0, 0));
    ck_assert(!csan__colour_give(s, COLOUR_COMMON, 0, 0));
    ck_assert(can_read(seen_as(s, COLOUR_COMMON)));
    ck_assert(csan__colour_give(s, COLOUR_COMMON, 0, 0));
    ck_assert(!can_read(seen_as(s, COLOUR_COMMON)));
}
END_TEST

START_TEST(what_is_freed_is_guarded_and_used_again_late)
{
    struct span *first = csan__colour_make(100, 16), *s;
    uintptr_t at = first->at;
    unsigned c = csan__colour_take(first, false, &somebody);
    for (unsigned k = 0; k < COLOUR_COMMON; k++)
        csan__colour_take(first, false, &somebody);
    ck_assert(first->live >> COLOUR_COMMON & 1);
    strcpy((char *)at, "bytes");
    csan__colour_free(first, 9);
    ck_assert(!can_read((char *)at) && !can_read(seen_as(first, c)));
    ck_assert_uint_eq(first->freed_stack, 9);
    unsigned again = 0;
    for (unsigned k = 0; k < 65600; k++) {
        s = csan__colour_make(100, 16);
        ck_assert(s->at != at || k > 60000);
        again += s->at == at;
        if (s->at == at) {
            ck_assert_str_eq((char *)at, "");
            ck_assert(s == first && !s->live && !s->common && !s->freed_stack && !s->guarded);
            ck_assert_uint_eq(csan__colour_use(s, c)->stack, 0);
        }
        csan__colour_free(s, 9);
    }
    ck_assert_uint_eq(again, 1);
    ck_assert(csan__colour_is_valid());
}
END_TEST

START_TEST(a_large_span_serves_again_for_its_size_alone)
{
    struct span *large = csan__colour_make(70 * 4096, 16);
    csan__colour_free(large, 9);
    for (unsigned k = 0; k < 65600; k++)
        csan__colour_free(csan__colour_make(100, 16), 9);
    struct span *larger = csan__colour_make(100 * 4096, 16);
    ck_assert(larger != large && larger->pages > 100);
    memset((char *)larger->at, 1, 100 * 4096);
    ck_assert(csan__colour_make(70 * 4096, 16) == large);
    ck_assert(csan__colour_is_valid());
}
END_TEST

START_TEST(a_child_has_bytes_and_guards_of_its_own)
{
    struct span *s = csan__colour_make(3 << 20, 16), *freed = csan__colour_make(10, 16);
    char *p = (char *)s->at;
    unsigned c = csan__colour_take(s, false, &somebody),
             gone = csan__colour_take(s, false, &somebody);
    p[0] = 1;
    p[3 << 20] = 2;
    csan__colour_give(s, gone, 0, 0);
    csan__colour_free(freed, 1);
    csan__colour_forking();
    p[0] = 5;
    csan__colour_forked(true); /* as the child would see it */
    ck_assert_int_eq(p[0], 1);
    ck_assert_int_eq(seen_as(s, c)[3 << 20], 2);
    p[0] = 6;
    ck_assert_int_eq(seen_as(s, c)[0], 6);
    ck_assert(can_read(seen_as(s, c)) && !can_write(seen_as(s, c)));
    ck_assert(!can_read(seen_as(s, gone)) && !can_read((char *)freed->at));
    ck_assert(!csan__colour_is_shared_with_parent());
    ck_assert(csan__colour_is_valid());
}
END_TEST

START_TEST(an_aligned_block_as_large_as_a_piece_has_all_its_bytes)
{
    for (size_t mib = 4; mib <= 64; mib *= 2) {
        struct span *s = csan__colour_make((mib << 20) - 8192, 2 << 20);
        ck_assert_ptr_nonnull(s);
        ck_assert_uint_eq(s->at % (2 << 20), 0);
        memset((void *)s->at, 1, s->usable);
        unsigned c = csan__colour_take(s, false, &somebody);
        ck_assert(can_read(seen_as(s, c)) && can_read(seen_as(s, c) + s->usable - 1));
    }
    ck_assert(csan__colour_is_valid());
}
END_TEST

START_TEST(each_block_may_be_larger_than_all_before)
{
    for (size_t mib = 9; mib < 300; mib *= 3) {
        struct span *s = csan__colour_make(mib << 20, 16);
        ck_assert_ptr_nonnull(s);
        ((char *)s->at)[mib << 20] = 1;
    }
}
END_TEST

/* More than 512 pages are guarded by mprotect, of which there are 12,000 at
 * once. */
START_TEST(a_guard_that_was_taken_away_makes_room_for_another)
{
    struct span *s = csan__colour_make(600 * 4096, 16);
    for (unsigned k = 0; k < 13000; k++)
        csan__colour_give(s, csan__colour_take(s, k % 2, &somebody), 0, 0);
    ck_assert_uint_eq(s->protected, s->guarded);
    ck_assert_uint_eq(csan__colour_unguarded(), 0);
    ck_assert(!can_read(seen_as(s, 1)) && !can_read(seen_as(s, COLOUR_LOANS)));
    ck_assert(can_write(seen_as(s, csan__colour_take(s, true, &somebody))));
}
END_TEST

static unsigned count_mappings(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    unsigned lines = 0;
    for (int c; (c = getc(f)) != EOF;)
        lines += c == '\n';
    fclose(f);
    return lines;
}

/* Each takes two mappings, of the 65,530 that a process has. */
START_TEST(guards_leave_mappings_to_the_program)
{
    for (size_t i = 0; i < 300; i++) {
        struct span *s = csan__colour_make(600 * 4096, 16);
        csan__colour_make(4096, 16); /* between two, or they would be one mapping */
        for (unsigned k = 0; k < 62; k++)
            csan__colour_give(s, csan__colour_take(s, k >= 46, &somebody), 0, 0);
    }
    ck_assert_uint_gt(count_mappings(), 20000);
    ck_assert_uint_lt(count_mappings(), 25000);
}
END_TEST

START_TEST(what_is_freed_by_nobody_known_is_freed)
{
    struct span *s = csan__colour_make(100, 16);
    csan__colour_free(s, 0);
    ck_assert(s->freed_stack && !can_read((char *)s->at));
}
END_TEST

START_TEST(there_are_sixteen_loans_at_once)
{
    struct span *s = csan__colour_make(100, 16);
    for (unsigned k = 0; k < 16; k++)
        ck_assert_uint_eq(csan__colour_take(s, true, &somebody), COLOUR_LOANS + k);
    ck_assert_uint_eq(csan__colour_take(s, true, &somebody), 0);
    csan__colour_give(s, COLOUR_LOANS + 7, 0, 0);
    ck_assert_uint_eq(csan__colour_take(s, true, &somebody), COLOUR_LOANS + 7);
}
END_TEST

START_TEST(a_child_counts_its_guards_anew)
{
    struct span *spans[100];
    for (size_t i = 0; i < CSAN_COUNT(spans); i++) {
        spans[i] = csan__colour_make(600 * 4096, 16);
        for (unsigned k = 0; k < 62; k++)
            csan__colour_give(spans[i], csan__colour_take(spans[i], k >= 46, &somebody), 0, 0);
    }
    for (unsigned k = 0; k < 2; k++) {
        csan__colour_forking();
        csan__colour_forked(true);
    }
    for (size_t i = 0; i < CSAN_COUNT(spans); i++)
        ck_assert_uint_eq(spans[i]->protected, spans[i]->guarded);
    ck_assert_uint_eq(csan__colour_unguarded(), 0);
    ck_assert(!can_read(seen_as(spans[0], 1)) && !can_read(seen_as(spans[99], COLOURS)));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("colour");
    TCase *t = tcase_create("colours");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, begin, NULL);
    tcase_add_test(t, a_span_holds_its_block_and_keeps_its_alignment);
    tcase_add_test(t, shares_read_loans_write_and_neither_after_it_was_given);
    tcase_add_test(t, colours_are_used_again_the_oldest_first);
    tcase_add_test(t, what_finds_no_colour_has_one_in_common);
    tcase_add_test(t, what_is_freed_is_guarded_and_used_again_late);
    tcase_add_test(t, a_large_span_serves_again_for_its_size_alone);
    tcase_add_test(t, a_child_has_bytes_and_guards_of_its_own);
    tcase_add_test(t, an_aligned_block_as_large_as_a_piece_has_all_its_bytes);
    tcase_add_test(t, each_block_may_be_larger_than_all_before);
    tcase_add_test(t, a_guard_that_was_taken_away_makes_room_for_another);
    tcase_add_test(t, guards_leave_mappings_to_the_program);
    tcase_add_test(t, what_is_freed_by_nobody_known_is_freed);
    tcase_add_test(t, there_are_sixteen_loans_at_once);
    tcase_add_test(t, a_child_counts_its_guards_anew);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
