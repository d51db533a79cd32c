/* record/name: names that the program gave to addresses. */
#include "record/name.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(name_is_known_until_it_is_taken_away)
{
    ck_assert_ptr_null(csan__name_of(0x1000));
    ck_assert(csan__name_set(0x1000, "one"));
    ck_assert_str_eq(csan__name_of(0x1000), "one");
    ck_assert_ptr_null(csan__name_of(0x1008));
    ck_assert(csan__name_set(0x1000, "two"));
    ck_assert_str_eq(csan__name_of(0x1000), "two");
    ck_assert(csan__name_set(0x1000, NULL));
    ck_assert_ptr_null(csan__name_of(0x1000));
    ck_assert(csan__name_set(0x1000, ""));
}
END_TEST

START_TEST(name_is_copied_and_cut)
{
    char longest[200];
    for (int i = 0; i < 199; i++)
        longest[i] = 'x';
    longest[199] = 0;
    ck_assert(csan__name_set(0x1000, longest));
    longest[0] = 'y';
    ck_assert_uint_eq(strlen(csan__name_of(0x1000)), NAME_BYTES);
    ck_assert_int_eq(csan__name_of(0x1000)[0], 'x');
}
END_TEST

START_TEST(text_is_kept_once_and_outlives_its_object)
{
    csan__name_set(0x1000, "same");
    csan__name_set(0x2000, "same");
    const char *text = csan__name_of(0x1000);
    ck_assert_ptr_eq(text, csan__name_of(0x2000));
    csan__name_forget(0x1000, 0x2000);
    ck_assert_ptr_null(csan__name_of(0x1000));
    ck_assert_ptr_null(csan__name_of(0x2000));
    ck_assert_str_eq(text, "same");
}
END_TEST

START_TEST(range_that_goes_takes_what_lies_in_it)
{
    for (uintptr_t i = 0; i < 5000; i++)
        ck_assert(csan__name_set(0x100000 + i * 64, i % 2 ? "odd" : "even"));
    csan__name_forget(0x100040, 64);
    ck_assert_str_eq(csan__name_of(0x100000), "even");
    ck_assert_ptr_null(csan__name_of(0x100040));
    ck_assert_str_eq(csan__name_of(0x100080), "even");
    csan__name_forget(0x100100, 0);
    ck_assert_ptr_null(csan__name_of(0x100100));
    csan__name_forget(0x100400, (size_t)1 << 40);
    for (uintptr_t i = 16; i < 5000; i++)
        ck_assert_ptr_null(csan__name_of(0x100000 + i * 64));
    ck_assert_str_eq(csan__name_of(0x1003c0), "odd");
}
END_TEST

START_TEST(more_texts_than_there_is_room_for_are_no_names)
{
    char text[32];
    for (int i = 0; i < 65536; i++) {
        snprintf(text, sizeof text, "name %d", i);
        ck_assert(csan__name_set(0x1000, text));
    }
    ck_assert(!csan__name_set(0x2000, "one more"));
    ck_assert_ptr_null(csan__name_of(0x2000));
    ck_assert(csan__name_set(0x2000, "name 7"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("name");
    TCase *c = tcase_create("name");
    tcase_add_test(c, name_is_known_until_it_is_taken_away);
    tcase_add_test(c, name_is_copied_and_cut);
    tcase_add_test(c, text_is_kept_once_and_outlives_its_object);
    tcase_add_test(c, range_that_goes_takes_what_lies_in_it);
    tcase_add_test(c, more_texts_than_there_is_room_for_are_no_names);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
