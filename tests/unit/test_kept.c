/* base/kept: texts kept once. */
#include "base/arena.h"
#include "base/kept.h"
#include "tests/unit/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(text_is_kept_once_whatever_holds_it)
{
    struct kept_texts texts = {.count = 0};
    char given[] = "row_cache.lock";
    const char *kept = csan__kept(&texts, given, strlen(given));
    ck_assert_ptr_ne(kept, given);
    given[0] = 'R';
    ck_assert_str_eq(kept, "row_cache.lock");
    ck_assert_ptr_eq(csan__kept(&texts, "row_cache.lock", 14), kept);
    ck_assert_ptr_ne(csan__kept(&texts, given, strlen(given)), kept);
    ck_assert_uint_eq(texts.count, 2);
}
END_TEST

START_TEST(length_is_part_of_a_text)
{
    struct kept_texts texts = {.count = 0};
    const char *whole = csan__kept(&texts, "abc", 3), *part = csan__kept(&texts, "abc", 2);
    ck_assert_str_eq(whole, "abc");
    ck_assert_str_eq(part, "ab");
    ck_assert_str_eq(csan__kept(&texts, "abc", 0), "");
    ck_assert_uint_eq(texts.count, 3);
}
END_TEST

START_TEST(as_many_as_come)
{
    enum { N = 100000 };
    struct kept_texts texts = {.count = 0};
    const char **kept = calloc(N, sizeof *kept);
    char text[16];
    for (int i = 0; i < N; i++)
        kept[i] = csan__kept(&texts, text, (size_t)sprintf(text, "%d", i));
    for (int i = 0; i < N; i++) {
        size_t length = (size_t)sprintf(text, "%d", i);
        ck_assert_str_eq(kept[i], text);
        ck_assert_ptr_eq(csan__kept(&texts, text, length), kept[i]);
    }
    ck_assert_uint_eq(texts.count, N);
    free(kept);
}
END_TEST

START_TEST(full_table_knows_what_it_has)
{
    struct kept_texts texts = {.max = 2};
    const char *one = csan__kept(&texts, "one", 3);
    ck_assert_ptr_nonnull(csan__kept(&texts, "two", 3));
    ck_assert_ptr_null(csan__kept(&texts, "three", 5));
    ck_assert_ptr_eq(csan__kept(&texts, "one", 3), one);
}
END_TEST

/* Each mapping fails at first: chunks of texts, and the tables of more than 16,384 buckets, which
 * are mappings of their own. */
START_TEST(no_memory_leaves_the_table_as_it_was)
{
    enum { N = 400000 };
    struct kept_texts texts = {.count = 0};
    char text[16];
    int failed = 0;
    for (int i = 0; i < N; i++) {
        size_t length = (size_t)sprintf(text, "%d", i);
        uint32_t count = texts.count;
        csan__arena_fail_nth(1);
        const char *kept = csan__kept(&texts, text, length);
        csan__arena_fail_nth(0);
        if (kept)
            continue;
        failed++;
        ck_assert_uint_eq(texts.count, count);
        kept = csan__kept(&texts, text, length);
        ck_assert_ptr_nonnull(kept);
        ck_assert_ptr_eq(csan__kept(&texts, text, length), kept);
    }
    for (int i = 0; i < N; i++) /* all of them are in the table */
        ck_assert_ptr_nonnull(csan__kept(&texts, text, (size_t)sprintf(text, "%d", i)));
    ck_assert_int_gt(failed, 20);
    ck_assert_uint_eq(texts.count, N);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kept");
    TCase *c = tcase_create("kept");
    tcase_add_test(c, text_is_kept_once_whatever_holds_it);
    tcase_add_test(c, length_is_part_of_a_text);
    tcase_add_test(c, as_many_as_come);
    tcase_add_test(c, full_table_knows_what_it_has);
    tcase_add_test(c, no_memory_leaves_the_table_as_it_was);
    suite_add_tcase(s, c);
    return suite_run(s);
}
