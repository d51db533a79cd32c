/* report/json: a stream of values, whole whatever its strings hold and however long they are. */
#include "report/json.h"
#include "base/os.h"
#include "tests/unit/suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char room[4096];

static struct json begin(void)
{
    return (struct json){.out = TEXT(room), .fd = memfd_create("json", 0)};
}

/* The stream's text; closes it. */
static const char *end(struct json *j)
{
    static char text[4 << 20];
    ck_assert_int_eq(csan__json_flush(j), 0);
    long n = csan__os_pread(j->fd, text, sizeof text - 1, 0);
    ck_assert_int_ge(n, 0);
    text[n] = '\0';
    close(j->fd);
    return text;
}

START_TEST(commas_stand_between_values_alone)
{
    struct json j = begin();
    csan__json_open(&j, NULL, '{');
    csan__json_string(&j, "a", "x");
    csan__json_open(&j, "b", '[');
    csan__json_number(&j, NULL, 0);
    csan__json_number(&j, NULL, UINT64_MAX);
    csan__json_open(&j, NULL, '{');
    csan__json_close(&j, '}');
    csan__json_close(&j, ']');
    csan__json_bool(&j, "c", true);
    csan__json_string(&j, "d", NULL);
    csan__json_close(&j, '}');
    csan__json_line(&j);
    csan__json_open(&j, NULL, '[');
    csan__json_bool(&j, NULL, false);
    csan__json_close(&j, ']');
    csan__json_line(&j);
    ck_assert_str_eq(end(&j), "{\"a\":\"x\",\"b\":[0,18446744073709551615,{}],\"c\":true,"
                              "\"d\":null}\n[false]\n");
}
END_TEST

START_TEST(what_would_break_a_line_is_escaped)
{
    struct json j = begin();
    csan__json_string(&j, NULL, "a\"b\\c\n\t\033\177\xff\xc3(é");
    ck_assert_str_eq(end(&j), "\"a\\\"b\\\\c\\n\\t\\u001b\177\xef\xbf\xbd\xef\xbf\xbd(é\"");
}
END_TEST

/* At every offset, so that some piece ends inside a character of every length. */
START_TEST(a_megabyte_comes_out_as_it_went_in)
{
    static const char *const letters[] = {"é", "€", "😀"};
    for (size_t l = 0; l < CSAN_COUNT(letters); l++) {
        for (size_t shift = 0; shift < 4; shift++) {
            size_t n = strlen(letters[l]), count = (1u << 20) / n;
            char *text = malloc(shift + n * count + 1);
            memset(text, 'x', shift);
            for (size_t i = 0; i < count; i++)
                memcpy(text + shift + i * n, letters[l], n);
            text[shift + n * count] = '\0';
            struct json j = begin();
            csan__json_string(&j, NULL, text);
            const char *out = end(&j);
            ck_assert_uint_eq(strlen(out), strlen(text) + 2);
            ck_assert(memcmp(out + 1, text, strlen(text)) == 0);
            free(text);
        }
    }
}
END_TEST

START_TEST(the_first_write_that_fails_ends_it)
{
    struct json j = {.out = TEXT(room), .fd = open("/dev/full", O_WRONLY)};
    for (int i = 0; i < 10000; i++)
        csan__json_string(&j, NULL, "more");
    ck_assert_int_eq(j.error, -28); /* ENOSPC */
    ck_assert_int_eq(csan__json_flush(&j), -28);
    close(j.fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *t = tcase_create("json");
    tcase_add_test(t, commas_stand_between_values_alone);
    tcase_add_test(t, what_would_break_a_line_is_escaped);
    tcase_add_test(t, a_megabyte_comes_out_as_it_went_in);
    tcase_add_test(t, the_first_write_that_fails_ends_it);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
