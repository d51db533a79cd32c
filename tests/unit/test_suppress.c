/* Suppression files and the globs in them. */
#include "base/options.h"
#include "report/report.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char why_room[512];
static char path[64];

static void set_up(void)
{
    strcpy(path, "/tmp/csan_supp_XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void tear_down(void)
{
    unlink(path);
}

/* ------------------------------------------------------------------ the rules under test */

static int load_bytes(const char *bytes, size_t n)
{
    struct text why = TEXT(why_room);
    why_room[0] = '\0';
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(bytes, 1, n, out), n);
    fclose(out);
    return csan__suppress_load(path, NULL, &why);
}

static int load(const char *text)
{
    return load_bytes(text, strlen(text));
}

static void must_load(const char *text)
{
    int error = load(text);
    ck_assert_msg(error == 0, "%s", why_room);
}

static struct frame frame(const char *function, const char *file, const char *module)
{
    return (struct frame){.function = function, .file = file, .module = module, .source = ""};
}

struct subject {
    struct frame frames[3], party[1];
    struct finding finding;
    struct shown shown;
};

/* A leak of one block in row_new, called by cache_get, in main. */
static struct subject *subject(enum finding_kind kind, uint64_t count)
{
    static struct subject s;
    static uint32_t stacks;
    s.frames[0] = frame("row_new", "/w/src/cache.c", "/w/bin/app");
    s.frames[1] = frame("shop::get(int, char*)", "/w/src/shop.cc", "/usr/lib/libshop.so.1");
    s.frames[2] = frame("??", "", "/w/bin/app");
    s.party[0] = frame("reindex", "/w/src/index.c", "/w/bin/app");
    s.finding = (struct finding){.kind = kind, .count = count, .stack = ++stacks};
    s.shown = (struct shown){.finding = &s.finding, .trace = {.frames = s.frames, .count = 3}};
    return &s;
}

static bool matches(enum finding_kind kind, uint64_t count)
{
    return csan__suppress_matches(&subject(kind, count)->shown);
}

static bool leak_matches(const char *rules)
{
    must_load(rules);
    return matches(FINDING_LEAK, 1);
}

static char unused[4096];

static void note_unused(const char *rule, bool expired, void *arg)
{
    size_t n = strlen(unused);
    ck_assert_ptr_eq(arg, unused);
    const char *name = strncmp(rule, path, strlen(path)) == 0 ? rule + strlen(path) : rule;
    snprintf(unused + n, sizeof unused - n, "%s%s;", name, expired ? "!" : "");
}

static const char *list_unused(void)
{
    unused[0] = '\0';
    csan__suppress_each_unused(note_unused, unused);
    return unused;
}

/* ------------------------------------------------------------------ globs */

START_TEST(globs_match_as_leak_sanitizers_do)
{
    static const struct {
        const char *pattern, *subject;
        bool expected;
    } cases[] = {
        {"foo", "foo", true},
        {"foo", "a_foo_b", true},
        {"foo", "fo", false},
        {"^foo", "foobar", true},
        {"^foo", "afoo", false},
        {"foo$", "afoo", true},
        {"foo$", "foob", false},
        {"^foo$", "foo", true},
        {"^foo$", "foofoo", false},
        {"f*o", "f__o", true},
        {"f*o", "of", false},
        {"^f*o$", "foo", true},
        {"^f*o$", "fob", false},
        {"*", "x", true},
        {"", "x", true},
        {"", "", false},
        {"*", "", false},
        {"^$", "x", false},
        {"^", "x", true},
        {"$", "x", true},
        {"a*b*c", "xaybzc", true},
        {"a*b*c", "acb", false},
        {"**a**", "bab", true},
        {"^*a", "ba", true},
        {"a*$", "ab", true},
        {"foo$", "foofoo", true},
        {"ab$", "aab", true},
        {"^a*ab$", "aab", true},
        {"^a*ab$", "ab", false},
        {"a$b", "xa$b", true},
        {"a^b", "xa^b", true},
        {"char*", "f(char*)", true},
        {"(char*)", "f(char*)", true},
        {"aab", "aaab", true},
        {"^aab", "aaab", false},
        {"^a*b*", "ab", true},
        {"a.c", "abc", false},
        {"[ab]", "a", false},
        {"\xc3\xa9t", "\xc3\xa9t\xc3\xa9", true},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++)
        ck_assert_msg(csan__glob_matches(cases[i].pattern, cases[i].subject) == cases[i].expected,
                      "%s on %s", cases[i].pattern, cases[i].subject);
}
END_TEST

/* The plain meaning, exponential as it may be. */
static bool slow_match(const char *p, const char *end, const char *s, bool to_end)
{
    if (p == end)
        return !to_end || *s == '\0';
    if (*p == '*')
        return slow_match(p + 1, end, s, to_end) || (*s && slow_match(p, end, s + 1, to_end));
    return *s == *p && slow_match(p + 1, end, s + 1, to_end);
}

static bool slow_glob(const char *pattern, const char *subject)
{
    const char *end = pattern + strlen(pattern);
    bool from_start = *pattern == '^';
    pattern += from_start;
    bool to_end = end > pattern && end[-1] == '$';
    end -= to_end;
    for (const char *s = subject; *subject; s++) {
        if (slow_match(pattern, end, s, to_end))
            return true;
        if (from_start || *s == '\0')
            return false;
    }
    return false;
}

START_TEST(globs_agree_with_the_plain_meaning_on_all_short_ones)
{
    static const char letters[] = "ab*^$";
    uint32_t checked = 0;
    for (uint32_t p = 0; p < 5 * 5 * 5 * 5 * 5; p++) {
        char pattern[6] = "", text[6] = "";
        for (uint32_t i = 0, v = p; i < 5; i++, v /= 5)
            pattern[i] = letters[v % 5];
        for (uint32_t length = 0; length <= 5; length++)
            for (uint32_t bits = 0; bits < 1u << length; bits++, checked++) {
                for (uint32_t i = 0; i < length; i++)
                    text[i] = bits >> i & 1 ? 'b' : 'a';
                text[length] = '\0';
                for (uint32_t n = 0; n <= 5; n++) {
                    char one[6] = "";
                    memcpy(one, pattern, n);
                    ck_assert_msg(csan__glob_matches(one, text) == slow_glob(one, text), "%s %s",
                                  one, text);
                }
            }
    }
    ck_assert_uint_eq(checked, 3125 * 63);
}
END_TEST

START_TEST(globs_with_many_stars_end)
{
    char pattern[402], text[20001];
    for (size_t i = 0; i < 400; i += 2)
        memcpy(pattern + i, "a*", 2);
    strcpy(pattern + 400, "b");
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert(!csan__glob_matches(pattern, text));
}
END_TEST

/* ------------------------------------------------------------------ what a rule matches */

START_TEST(rules_match_function_file_and_module_of_every_frame)
{
    ck_assert(leak_matches("leak:row_new\n"));
    ck_assert(leak_matches("leak:shop::get\n"));
    ck_assert(leak_matches("leak:cache.c\n"));
    ck_assert(leak_matches("leak:/w/src/*.cc\n"));
    ck_assert(leak_matches("leak:libshop\n"));
    ck_assert(leak_matches("leak:^/w/bin/app$\n"));
    ck_assert(leak_matches("leak:ap\n"));
    ck_assert(leak_matches("leak:*\n"));
    ck_assert(leak_matches("leak:\n"));
    ck_assert(!leak_matches("leak:row_old\n"));
    ck_assert(!leak_matches("leak:^ow_new\n"));
    ck_assert(!leak_matches("leak:??\n"));
}
END_TEST

START_TEST(rules_match_their_own_kind_only)
{
    char line[64];
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        snprintf(line, sizeof line, "%s:row_new\n", csan__finding_kind_name((enum finding_kind)k));
        must_load(line);
        for (unsigned other = 0; other < FINDING_KINDS; other++)
            ck_assert(matches((enum finding_kind)other, 1) == (k == other));
    }
}
END_TEST

START_TEST(parties_count_in_a_cycle_of_locks_and_nowhere_else)
{
    static const enum finding_kind kinds[] = {FINDING_DEADLOCK, FINDING_LOCK_ORDER, FINDING_WAIT};
    must_load("deadlock:reindex\nlock-order:reindex\nwait:reindex\n");
    for (size_t i = 0; i < CSAN_COUNT(kinds); i++) {
        struct subject *s = subject(kinds[i], 1);
        s->finding.nparties = 1;
        s->shown.parties[0] = (struct trace){.frames = s->party, .count = 1};
        ck_assert(csan__suppress_matches(&s->shown) == (kinds[i] != FINDING_WAIT));
    }
}
END_TEST

START_TEST(a_stack_without_frames_matches_nothing)
{
    must_load("leak:*\n");
    struct subject *s = subject(FINDING_LEAK, 1);
    s->shown.trace.count = 0;
    ck_assert(!csan__suppress_matches(&s->shown));
}
END_TEST

START_TEST(without_rules_nothing_matches)
{
    must_load("# nothing\n\n");
    ck_assert(!csan__suppress_any());
    ck_assert(!matches(FINDING_LEAK, 1));
    must_load("leak:x\n");
    ck_assert(csan__suppress_any());
}
END_TEST

/* ------------------------------------------------------------------ how a file may look */

START_TEST(a_file_for_leak_sanitizer_works_as_it_is)
{
    must_load("# This is a known leak.\n"
              "leak:FooBar\n"
              "\n"
              "  leak:shop::get(int, char\t\n"
              "leak:*libpython3*.so*\n");
    ck_assert(matches(FINDING_LEAK, 1));
    ck_assert_str_eq(list_unused(), ":2: leak:FooBar;:5: leak:*libpython3*.so*;");
}
END_TEST

START_TEST(line_ends_blanks_marks_and_comments_are_understood)
{
    ck_assert(leak_matches("\xef\xbb\xbfleak:row_new"));
    ck_assert(leak_matches("leak:x\r\nleak:row_new$\r\n"));
    ck_assert(leak_matches("leak:x\rleak:row_new$\r"));
    ck_assert(leak_matches(" \t leak : row_new$ \t\n"));
    ck_assert(leak_matches("leak:row_new$  # since 1999\n"));
    ck_assert(leak_matches("leak:row_new$\t#\n"));
    ck_assert(leak_matches("   # leak:x\nleak:row_new$"));
    must_load("leak:{lambda()#1}\n");
    ck_assert_str_eq(list_unused(), ":1: leak:{lambda()#1};");
}
END_TEST

START_TEST(lines_are_counted_whatever_ends_them)
{
    must_load("\n\r\n\r#\nleak:a\r\nleak:b\rleak:c");
    ck_assert_str_eq(list_unused(), ":5: leak:a;:6: leak:b;:7: leak:c;");
}
END_TEST

#define ALL_KINDS                                                                                  \
    "; known are leak, growth, bad-free, thread, blocked, deadlock, lock-order, lock-misuse, "     \
    "wait, hold, escape, unreleased, mutation, pool"

START_TEST(bad_lines_are_named_with_place_and_remedy)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"leak:a\nleek:b\n", ":2: unknown kind \"leek\"; the nearest known one is \"leak\""},
        {"race:b\n", ":1: unknown kind \"race\"" ALL_KINDS},
        {"lockorder:b\n",
         ":1: unknown kind \"lockorder\"; the nearest known one is \"lock-order\""},
        {"Leak:b\n", ":1: unknown kind \"Leak\"; the nearest known one is \"leak\""},
        {":b\n", ":1: unknown kind \"\"" ALL_KINDS},
        {"\n\nrow_new\n", ":3: \"row_new\" is no KIND:PATTERN, such as leak:my_function"},
        {"leak:a max=\n", ":1: \"max=\": max= needs a number, such as max=3"},
        {"leak:a max=-1\n", ":1: \"max=-1\": max= needs a number, such as max=3"},
        {"leak:a max=3x\n", ":1: \"max=3x\": max= needs a number, such as max=3"},
        {"leak:a max=99999999999999999999\n",
         ":1: \"max=99999999999999999999\": max= needs a number, such as max=3"},
        {"leak:a max=1 max=2\n", ":1: \"max=1\": max= is given twice"},
        {"leak:a until=soon\n",
         ":1: \"until=soon\": until= needs a date, such as until=2030-12-31"},
        {"leak:a until=2023-02-29\n",
         ":1: \"until=2023-02-29\": until= needs a date, such as until=2030-12-31"},
        {"leak:a until=2100-02-29\n",
         ":1: \"until=2100-02-29\": until= needs a date, such as until=2030-12-31"},
        {"leak:a until=2023-13-01\n",
         ":1: \"until=2023-13-01\": until= needs a date, such as until=2030-12-31"},
        {"leak:a until=2030-1-1\n",
         ":1: \"until=2030-1-1\": until= needs a date, such as until=2030-12-31"},
        {"leak:a until=2030-01-01 max=2 until=2031-01-01\n",
         ":1: \"until=2030-01-01\": until= is given twice"},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++) {
        ck_assert_int_eq(load(cases[i].text), -EINVAL);
        ck_assert_msg(strncmp(why_room, path, strlen(path)) == 0, "%s", why_room);
        ck_assert_str_eq(why_room + strlen(path), cases[i].why);
    }
}
END_TEST

START_TEST(binary_files_are_told)
{
    ck_assert_int_eq(load_bytes("l\0e\0a\0k\0:\0", 10), -EINVAL);
    ck_assert_ptr_nonnull(strstr(why_room, ":1: this is no plain text"));
}
END_TEST

START_TEST(leap_days_are_dates)
{
    must_load("leak:a until=2400-02-29\nleak:b until=2096-02-29\n");
    ck_assert_str_eq(list_unused(), ":1: leak:a until=2400-02-29;:2: leak:b until=2096-02-29;");
}
END_TEST

START_TEST(a_bad_file_leaves_the_rules_as_they_were)
{
    must_load("leak:row_new\n");
    ck_assert_int_eq(load("nonsense\n"), -EINVAL);
    ck_assert(matches(FINDING_LEAK, 1));
}
END_TEST

START_TEST(files_that_cannot_be_read_are_named)
{
    struct text why = TEXT(why_room);
    ck_assert_int_eq(csan__suppress_load("/nowhere/x.supp", NULL, &why), -ENOENT);
    ck_assert_str_eq(why_room, "suppressions=/nowhere/x.supp: there is no such file");
    why.len = 0;
    ck_assert_int_eq(csan__suppress_load("/tmp", NULL, &why), -EISDIR);
    ck_assert_str_eq(why_room, "suppressions=/tmp: it is a directory");
    why.len = 0;
    ck_assert_int_eq(csan__suppress_load("/etc/passwd/x", NULL, &why), -ENOTDIR);
    ck_assert_str_eq(why_room, "suppressions=/etc/passwd/x: it cannot be read");
}
END_TEST

START_TEST(no_memory_is_told)
{
    struct text why = TEXT(why_room);
    ck_assert_int_eq(load("leak:a\n"), 0);
    csan__arena_fail_nth(1);
    ck_assert_int_eq(csan__suppress_load(path, NULL, &why), -ENOMEM);
    csan__arena_fail_nth(0);
    ck_assert_str_eq(why_room, "suppressions: no memory to read them");
}
END_TEST

START_TEST(the_programs_own_rules_are_joined)
{
    struct text why = TEXT(why_room);
    FILE *out = fopen(path, "w");
    fputs("leak:first\n", out);
    fclose(out);
    ck_assert_int_eq(csan__suppress_load(path, "leak:row_new\nleak:other", &why), 0);
    ck_assert(matches(FINDING_LEAK, 1));
    ck_assert_str_eq(list_unused(), ":1: leak:first;csan_default_suppressions():2: leak:other;");
    ck_assert_int_eq(csan__suppress_load(NULL, "leak:row_new\nleek:x", &why), -EINVAL);
    ck_assert_ptr_nonnull(strstr(why_room, "csan_default_suppressions():2: unknown kind"));
    ck_assert_int_eq(csan__suppress_load("", NULL, &why), 0);
    ck_assert(!csan__suppress_any());
}
END_TEST

/* ------------------------------------------------------------------ max= and until= */

START_TEST(max_counts_blocks_over_all_that_it_matched)
{
    must_load("leak:row_new max=10\n");
    ck_assert(matches(FINDING_LEAK, 6));
    ck_assert(matches(FINDING_LEAK, 4));
    ck_assert(!matches(FINDING_LEAK, 1));
    must_load("leak:row_new max=10\n");
    ck_assert(!matches(FINDING_LEAK, 11));
    ck_assert(!matches(FINDING_LEAK, 1)); /* it has matched 12 by now */
    must_load("leak:row_new max=0\n");
    ck_assert(!matches(FINDING_LEAK, 0)); /* no count is one */
    must_load("leak:row_new max=1\n");
    ck_assert(matches(FINDING_LEAK, 0));
}
END_TEST

START_TEST(a_stack_that_is_judged_again_uses_max_once)
{
    must_load("leak:row_new max=10\n");
    struct subject *s = subject(FINDING_LEAK, 6);
    for (int i = 0; i < 5; i++)
        ck_assert(csan__suppress_matches(&s->shown));
    s->finding.count = 10;
    ck_assert(csan__suppress_matches(&s->shown));
    s->finding.count = 11;
    ck_assert(!csan__suppress_matches(&s->shown));
}
END_TEST

START_TEST(a_later_rule_takes_over_when_max_is_used_up)
{
    must_load("leak:row_new max=1\nleak:cache.c max=1\n");
    ck_assert(matches(FINDING_LEAK, 1));
    ck_assert(matches(FINDING_LEAK, 1));
    ck_assert(!matches(FINDING_LEAK, 1));
}
END_TEST

START_TEST(an_unlimited_rule_ahead_leaves_max_alone)
{
    must_load("leak:row_new\nleak:cache.c max=1\n");
    for (int i = 0; i < 3; i++)
        ck_assert(matches(FINDING_LEAK, 5));
    struct subject *s = subject(FINDING_LEAK, 1);
    s->frames[0].function = "row_old"; /* the second rule alone */
    ck_assert(csan__suppress_matches(&s->shown));
    must_load("leak:cache.c max=1\nleak:row_new\n");
    for (int i = 0; i < 3; i++)
        ck_assert(matches(FINDING_LEAK, 5));
}
END_TEST

static const char *date_in(int days)
{
    static char line[64];
    time_t at = time(NULL) + days * 86400;
    struct tm day;
    gmtime_r(&at, &day);
    strftime(line, sizeof line, "leak:row_new until=%Y-%m-%d\n", &day);
    return line;
}

START_TEST(until_counts_through_its_day_and_no_longer)
{
    ck_assert(leak_matches("leak:row_new until=2999-12-31\n"));
    ck_assert(leak_matches("leak:row_new max=3 until=2999-12-31\n"));
    ck_assert(leak_matches(date_in(1)));
    ck_assert(!leak_matches(date_in(-2)));
    ck_assert(!leak_matches("leak:row_new until=1970-01-01\n"));
    ck_assert(!leak_matches("leak:row_new until=0001-01-01\n"));
    ck_assert_str_eq(list_unused(), ":1: leak:row_new until=0001-01-01!;");
}
END_TEST

START_TEST(unused_lists_what_matched_nothing_or_expired)
{
    must_load("leak:row_new\nleak:nobody\nwait:row_new\nleak:cache.c until=2001-01-01\n");
    matches(FINDING_LEAK, 1);
    ck_assert_str_eq(list_unused(),
                     ":2: leak:nobody;:3: wait:row_new;:4: leak:cache.c until=2001-01-01!;");
}
END_TEST

/* ------------------------------------------------------------------ many and long */

START_TEST(a_hundred_thousand_rules_find_the_one_that_matches)
{
    size_t room = 100000 * 48, n = 0;
    char *text = malloc(room);
    for (int i = 0; i < 100000; i++)
        n += (size_t)snprintf(text + n, room - n, "leak:shop::very_common_prefix_%d$\n", i);
    n += (size_t)snprintf(text + n, room - n, "leak:r*w_*ew\n");
    ck_assert_int_eq(load_bytes(text, n), 0);
    for (int i = 0; i < 1000; i++)
        ck_assert(matches(FINDING_LEAK, 1));
    struct subject *s = subject(FINDING_LEAK, 1);
    s->frames[0].function = "shop::very_common_prefix_77777";
    ck_assert(csan__suppress_matches(&s->shown));
    ck_assert_ptr_null(strstr(list_unused(), "_77777$"));
    free(text);
}
END_TEST

START_TEST(every_rule_of_a_random_file_is_found_by_the_index)
{
    static const char *const pieces[] = {"row", "*", "_", "new", "^", "$", "cache", "::", "a", ""};
    char pattern[64], line[80];
    uint32_t seed = 12345, hits = 0;
    for (int i = 0; i < 20000; i++) {
        pattern[0] = '\0';
        for (int k = 0; k <= i % 4; k++) {
            seed = seed * 1664525 + 1013904223;
            strcat(pattern, pieces[(seed >> 16) % CSAN_COUNT(pieces)]);
        }
        snprintf(line, sizeof line, "leak:%s\n", pattern);
        struct text why = TEXT(why_room);
        ck_assert_int_eq(csan__suppress_load(NULL, line, &why), 0);
        bool expected = csan__glob_matches(pattern, "row_new") ||
                        csan__glob_matches(pattern, "/w/src/cache.c") ||
                        csan__glob_matches(pattern, "shop::get(int, char*)") ||
                        csan__glob_matches(pattern, "/w/src/shop.cc") ||
                        csan__glob_matches(pattern, "/w/bin/app") ||
                        csan__glob_matches(pattern, "/usr/lib/libshop.so.1");
        ck_assert_msg(matches(FINDING_LEAK, 1) == expected, "%s", pattern);
        hits += expected;
    }
    ck_assert_uint_gt(hits, 1000);
    ck_assert_uint_lt(hits, 15000);
}
END_TEST

START_TEST(a_line_of_a_megabyte_is_a_rule)
{
    size_t n = 1 << 20;
    char *text = malloc(n);
    memset(text, 'x', n);
    memcpy(text, "leak:", 5);
    ck_assert_int_eq(load_bytes(text, n), 0);
    ck_assert(!matches(FINDING_LEAK, 1));
    list_unused();
    free(text);
}
END_TEST

/* ------------------------------------------------------------------ focus */

static bool is_in_focus(const char *globs)
{
    csan__options.focus = globs;
    bool answer = csan__focus_matches(&subject(FINDING_LEAK, 1)->shown.trace);
    csan__options.focus = NULL;
    return answer;
}

START_TEST(focus_takes_any_of_its_globs)
{
    ck_assert(is_in_focus(NULL));
    ck_assert(is_in_focus(""));
    ck_assert(is_in_focus(" , "));
    ck_assert(is_in_focus("row_new"));
    ck_assert(is_in_focus("nobody,cache.c"));
    ck_assert(is_in_focus("nobody , ^row_*$ "));
    ck_assert(is_in_focus("libshop"));
    ck_assert(!is_in_focus("nobody"));
    ck_assert(!is_in_focus("nobody,nothing,"));
    ck_assert(!is_in_focus("^ow_new"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("suppress");
    TCase *c = tcase_create("suppress");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, globs_match_as_leak_sanitizers_do);
    tcase_add_test(c, globs_agree_with_the_plain_meaning_on_all_short_ones);
    tcase_add_test(c, globs_with_many_stars_end);
    tcase_add_test(c, rules_match_function_file_and_module_of_every_frame);
    tcase_add_test(c, rules_match_their_own_kind_only);
    tcase_add_test(c, parties_count_in_a_cycle_of_locks_and_nowhere_else);
    tcase_add_test(c, a_stack_without_frames_matches_nothing);
    tcase_add_test(c, without_rules_nothing_matches);
    tcase_add_test(c, a_file_for_leak_sanitizer_works_as_it_is);
    tcase_add_test(c, line_ends_blanks_marks_and_comments_are_understood);
    tcase_add_test(c, lines_are_counted_whatever_ends_them);
    tcase_add_test(c, bad_lines_are_named_with_place_and_remedy);
    tcase_add_test(c, binary_files_are_told);
    tcase_add_test(c, leap_days_are_dates);
    tcase_add_test(c, a_bad_file_leaves_the_rules_as_they_were);
    tcase_add_test(c, files_that_cannot_be_read_are_named);
    tcase_add_test(c, no_memory_is_told);
    tcase_add_test(c, the_programs_own_rules_are_joined);
    tcase_add_test(c, max_counts_blocks_over_all_that_it_matched);
    tcase_add_test(c, a_stack_that_is_judged_again_uses_max_once);
    tcase_add_test(c, a_later_rule_takes_over_when_max_is_used_up);
    tcase_add_test(c, an_unlimited_rule_ahead_leaves_max_alone);
    tcase_add_test(c, until_counts_through_its_day_and_no_longer);
    tcase_add_test(c, unused_lists_what_matched_nothing_or_expired);
    tcase_add_test(c, a_hundred_thousand_rules_find_the_one_that_matches);
    tcase_add_test(c, every_rule_of_a_random_file_is_found_by_the_index);
    tcase_add_test(c, a_line_of_a_megabyte_is_a_rule);
    tcase_add_test(c, focus_takes_any_of_its_globs);
    suite_add_tcase(s, c);
    return suite_run(s);
}
