/* base/options: every row's good and bad forms, who wins, what is said when it is wrong.
 *
 * `test_options --markdown` prints docs/options.md as it should be, for a row that has changed. */
#include "base/options.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char why[512];

/* Reads these variables (the list ends with NULL); what is wrong is in `why`. */
static int read_all(const char *defaults, char **environment)
{
    struct text t = TEXT(why);
    csan__text_str(&t, "");
    int result = csan__options_read(environment, defaults, &t);
    ck_assert(!t.cut);
    ck_assert_int_eq(result == 0, t.len == 0);
    return result;
}

#define ENVIRONMENT(...)                                                                           \
    (char *[])                                                                                     \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static int read_one(char *variable)
{
    return read_all(NULL, ENVIRONMENT(variable));
}

static void expect_bad(char *variable, const char *message)
{
    ck_assert_int_eq(read_one(variable), -EINVAL);
    ck_assert_str_eq(why, message);
}

/* ------------------------------------------------------------------ the table */

START_TEST(the_presets_are_those_of_the_contract)
{
    ck_assert_int_eq(read_all(NULL, NULL), 0);
    const struct options *o = &csan__options;
    ck_assert_uint_eq(o->max_leak, 0);
    ck_assert_uint_eq(o->max_growth, 0);
    ck_assert_uint_eq(o->max_threads, 0);
    ck_assert_uint_eq(o->max_blocked, 16);
    ck_assert_uint_eq(o->blocked_after, 1000000000);
    ck_assert(o->deadlock && o->lock_order && o->lock_misuse && o->children);
    ck_assert_uint_eq(o->hang_after, OPTION_AUTO);
    ck_assert_uint_eq(o->dump_signal, DUMP_OFF);
    ck_assert_uint_eq(o->max_wait, 1000000000);
    ck_assert_uint_eq(o->max_wait_p99, OPTION_OFF);
    ck_assert_uint_eq(o->max_wait_total, OPTION_OFF);
    ck_assert_uint_eq(o->max_hold, OPTION_OFF);
    ck_assert_uint_eq(o->max_escapes, 0);
    ck_assert_uint_eq(o->share, SHARE_CHEAP);
    ck_assert_uint_eq(o->on_mutation, ON_MUTATION_STOP);
    ck_assert_ptr_null(o->suppressions);
    ck_assert_ptr_null(o->focus);
    ck_assert_ptr_null(o->baseline);
    ck_assert_uint_eq(o->exitcode, 86);
    ck_assert_str_eq(o->log_path, "stderr");
    ck_assert_ptr_null(o->out);
    ck_assert_uint_eq(o->format, FORMAT_TEXT);
    ck_assert_uint_eq(o->color, COLOR_AUTO);
    ck_assert_uint_eq(o->stack_depth, 64);
    ck_assert_uint_eq(o->verbosity, 0);
    ck_assert(!o->help && !o->no_color && !o->force_color && !o->dumb_term);
}
END_TEST

static const char *const table[] = {
    "max_leak",     "max_growth",     "max_threads", "detached",    "max_blocked", "blocked_after",
    "deadlock",     "lock_order",     "lock_misuse", "hang_after",  "dump_signal", "max_wait",
    "max_wait_p99", "max_wait_total", "max_hold",    "max_escapes", "share",       "on_mutation",
    "suppressions", "children",       "focus",       "baseline",    "exitcode",    "log_path",
    "out",          "format",         "color",       "stack_depth", "stack_walk",  "verbosity",
};

static void check_row(const struct option_row *row, void *arg)
{
    size_t *i = arg;
    ck_assert_uint_lt(*i, CSAN_COUNT(table));
    ck_assert_str_eq(row->name, table[*i]);
    ck_assert_str_eq(row->value, row->preset);
    ck_assert(!row->was_set && row->type[0] != '\0');
    size_t n = strlen(row->sentence);
    ck_assert(n > 10 && (row->sentence[n - 1] == '.' || row->sentence[n - 1] == ')'));
    for (const char *c = row->sentence; *c != '\0'; c++)
        ck_assert(*c >= ' ' && *c < 0x7f && *c != '|');
    *i += 1;
}

START_TEST(the_rows_are_those_of_the_contract_in_its_order)
{
    size_t rows = 0;
    ck_assert_int_eq(read_all(NULL, NULL), 0);
    csan__options_each(check_row, &rows);
    ck_assert_uint_eq(rows, CSAN_COUNT(table));
}
END_TEST

/* A preset that could not be read would not come back when it is written out. */
static void set_to_preset(const struct option_row *row, void *arg)
{
    char *list = arg;
    size_t n = strlen(list);
    snprintf(list + n, 4096 - n, "%s=%s:", row->name, row->preset);
}

START_TEST(every_preset_is_a_value_that_can_be_set)
{
    static char list[4096];
    ck_assert_int_eq(read_all(NULL, NULL), 0);
    struct options before = csan__options;
    csan__options_each(set_to_preset, list);
    ck_assert_int_eq(read_all(list, NULL), 0);
    before.log_path = csan__options.log_path; /* another copy of the same text */
    ck_assert_str_eq(csan__options.log_path, "stderr");
    ck_assert_mem_eq(&before, &csan__options, sizeof(before));
}
END_TEST

static void collect_bits(const char *list, unsigned want)
{
    char variable[128];
    snprintf(variable, sizeof(variable), "CSAN_FORMAT=%s", list);
    ck_assert_int_eq(read_one(variable), 0);
    ck_assert_uint_eq(csan__options.format, want);
}

START_TEST(constants_of_the_choices_match_their_rows)
{
    static char *const variables[] = {"CSAN_SHARE=off",
                                      "CSAN_SHARE=cheap",
                                      "CSAN_SHARE=precise",
                                      "CSAN_SHARE=stress",
                                      "CSAN_COLOR=auto",
                                      "CSAN_COLOR=always",
                                      "CSAN_COLOR=never",
                                      "CSAN_DUMP_SIGNAL=off",
                                      "CSAN_DUMP_SIGNAL=HUP",
                                      "CSAN_DUMP_SIGNAL=QUIT",
                                      "CSAN_DUMP_SIGNAL=USR1",
                                      "CSAN_DUMP_SIGNAL=USR2",
                                      "CSAN_ON_MUTATION=continue",
                                      "CSAN_ON_MUTATION=stop"};
    static const uint32_t wants[] = {SHARE_OFF,
                                     SHARE_CHEAP,
                                     SHARE_PRECISE,
                                     SHARE_STRESS,
                                     COLOR_AUTO,
                                     COLOR_ALWAYS,
                                     COLOR_NEVER,
                                     DUMP_OFF,
                                     DUMP_HUP,
                                     DUMP_QUIT,
                                     DUMP_USR1,
                                     DUMP_USR2,
                                     ON_MUTATION_CONTINUE,
                                     ON_MUTATION_STOP};
    const uint32_t *fields[] = {&csan__options.share, &csan__options.color,
                                &csan__options.dump_signal, &csan__options.on_mutation};
    for (size_t i = 0; i < CSAN_COUNT(variables); i++) {
        ck_assert_int_eq(read_one(variables[i]), 0);
        ck_assert_uint_eq(*fields[i < 4 ? 0 : i < 7 ? 1 : i < 12 ? 2 : 3], wants[i]);
    }
    collect_bits("text", FORMAT_TEXT);
    collect_bits("jsonl", FORMAT_JSONL);
    collect_bits("junit,sarif", FORMAT_JUNIT | FORMAT_SARIF);
    collect_bits("github,text,gitlab,text", FORMAT_TEXT | FORMAT_GITHUB | FORMAT_GITLAB);
}
END_TEST

/* ------------------------------------------------------------------ good and bad forms */

struct form {
    char *variable;
    uint64_t value;
};

#define SECOND 1000000000ull
static const struct form good[] = {
    {"CSAN_MAX_LEAK=4KiB", 4096},
    {"CSAN_MAX_LEAK=0", 0},
    {"CSAN_MAX_LEAK=17", 17},
    {"CSAN_MAX_LEAK=off", OPTION_OFF},
    {"CSAN_MAX_LEAK=OFF", OPTION_OFF},
    {"CSAN_MAX_LEAK=9223372036854775807", INT64_MAX},
    {"CSAN_MAX_GROWTH=1.5MiB", 3 << 19},
    {"CSAN_MAX_GROWTH=off", OPTION_OFF},
    {"CSAN_MAX_THREADS=3", 3},
    {"CSAN_MAX_THREADS=off", OPTION_OFF},
    {"CSAN_MAX_BLOCKED=0", 0},
    {"CSAN_MAX_BLOCKED=off", OPTION_OFF},
    {"CSAN_BLOCKED_AFTER=200ms", SECOND / 5},
    {"CSAN_BLOCKED_AFTER=0", 0},
    {"CSAN_DEADLOCK=off", 0},
    {"CSAN_DEADLOCK=on", 1},
    {"CSAN_LOCK_ORDER=no", 0},
    {"CSAN_LOCK_ORDER=yes", 1},
    {"CSAN_LOCK_MISUSE=false", 0},
    {"CSAN_LOCK_MISUSE=True", 1},
    {"CSAN_CHILDREN=0", 0},
    {"CSAN_CHILDREN=1", 1},
    {"CSAN_HANG_AFTER=2min", 120 * SECOND},
    {"CSAN_HANG_AFTER=auto", OPTION_AUTO},
    {"CSAN_HANG_AFTER=off", OPTION_OFF},
    {"CSAN_HANG_AFTER=0", 0},
    {"CSAN_DUMP_SIGNAL=usr2", DUMP_USR2},
    {"CSAN_MAX_WAIT=1.5s", 3 * SECOND / 2},
    {"CSAN_MAX_WAIT=off", OPTION_OFF},
    {"CSAN_MAX_WAIT_P99=10ms", SECOND / 100},
    {"CSAN_MAX_WAIT_P99=off", OPTION_OFF},
    {"CSAN_MAX_WAIT_TOTAL=250us", 250000},
    {"CSAN_MAX_WAIT_TOTAL=off", OPTION_OFF},
    {"CSAN_MAX_HOLD=7ns", 7},
    {"CSAN_MAX_HOLD=off", OPTION_OFF},
    {"CSAN_MAX_ESCAPES=12", 12},
    {"CSAN_MAX_ESCAPES=off", OPTION_OFF},
    {"CSAN_SHARE=precise", SHARE_PRECISE},
    {"CSAN_ON_MUTATION=continue", ON_MUTATION_CONTINUE},
    {"CSAN_EXITCODE=0", 0},
    {"CSAN_EXITCODE=255", 255},
    {"CSAN_FORMAT=Text,JSONL", FORMAT_TEXT | FORMAT_JSONL},
    {"CSAN_COLOR=never", COLOR_NEVER},
    {"CSAN_STACK_DEPTH=1", 1},
    {"CSAN_STACK_DEPTH=256", 256},
    {"CSAN_VERBOSITY=2", 2},
};

/* The field of a row, whatever its width. */
static uint64_t field_value(const char *name)
{
#define OPTION_SIZE(n, ...)                                                                        \
    if (strcmp(name, #n) == 0)                                                                     \
        return csan__options.n;
#define OPTION_DURATION OPTION_SIZE
#define OPTION_NUMBER OPTION_SIZE
#define OPTION_SWITCH OPTION_SIZE
#define OPTION_CHOICE OPTION_SIZE
#define OPTION_CHOICES OPTION_SIZE
#include "base/options.inc"
    ck_abort_msg("no row %s", name);
}

/* "CSAN_MAX_LEAK=4KiB" -> "max_leak"; returns what follows the =. */
static const char *split(const char *variable, char name[64])
{
    const char *equals = strchr(variable, '=');
    size_t n = (size_t)(equals - variable) - strlen("CSAN_");
    for (size_t i = 0; i < n; i++) {
        char c = variable[strlen("CSAN_") + i];
        name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    name[n] = '\0';
    return equals + 1;
}

START_TEST(good_values_are_taken)
{
    char name[64];
    const char *value = split(good[_i].variable, name);
    ck_assert_int_eq(read_one(good[_i].variable), 0);
    ck_assert_uint_eq(field_value(name), good[_i].value);
    ck_assert(csan__options_was_set(name));
    ck_assert_str_eq(csan__options_as_set(name), value);
}
END_TEST

#define SIZE_ADVICE "write a number with B, KiB, MiB or GiB, or off"
#define TIME_ADVICE "write a number with ns, us, ms, s or min"
#define FORMATS "text, jsonl, junit, sarif, github, gitlab or tap, several with commas"
static const struct {
    char *variable;
    const char *message; /* behind "VARIABLE: " */
} bad[] = {
    {"CSAN_MAX_LEAK=4KB", "not a size: " SIZE_ADVICE},
    {"CSAN_MAX_LEAK=", "not a size: " SIZE_ADVICE},
    {"CSAN_MAX_LEAK=auto", "not a size: " SIZE_ADVICE},
    {"CSAN_MAX_LEAK=on", "not a size: " SIZE_ADVICE},
    {"CSAN_MAX_LEAK=-1", "not a size: " SIZE_ADVICE},
    {"CSAN_MAX_LEAK=1s", "not a size: " SIZE_ADVICE},
    {"CSAN_MAX_LEAK='4KiB'", "not a size: " SIZE_ADVICE},
    {"CSAN_MAX_LEAK=9223372036854775808", "too large: " SIZE_ADVICE},
    {"CSAN_MAX_GROWTH=18446744073709551616GiB", "too large: " SIZE_ADVICE},
    {"CSAN_MAX_THREADS=1KiB", "not a number: write a number, or off"},
    {"CSAN_MAX_THREADS=99999999999999999999", "too large: write a number, or off"},
    {"CSAN_MAX_BLOCKED=16.5", "not a number: write a number, or off"},
    {"CSAN_MAX_ESCAPES=none", "not a number: write a number, or off"},
    {"CSAN_BLOCKED_AFTER=1", "not a duration: " TIME_ADVICE},
    {"CSAN_BLOCKED_AFTER=off", "not a duration: " TIME_ADVICE},
    {"CSAN_DEADLOCK=maybe", "not a switch: write on or off"},
    {"CSAN_LOCK_ORDER=", "not a switch: write on or off"},
    {"CSAN_LOCK_MISUSE=2", "not a switch: write on or off"},
    {"CSAN_CHILDREN=o", "not a switch: write on or off"},
    {"CSAN_HELP=perhaps", "not a switch: write on or off"},
    {"CSAN_HANG_AFTER=soon", "not a duration: " TIME_ADVICE ", or off or auto"},
    {"CSAN_DUMP_SIGNAL=KILL", "no such choice: write off, HUP, QUIT, USR1 or USR2"},
    {"CSAN_MAX_WAIT=1m", "not a duration: " TIME_ADVICE ", or off"},
    {"CSAN_MAX_WAIT_P99=auto", "not a duration: " TIME_ADVICE ", or off"},
    {"CSAN_MAX_WAIT_TOTAL=1KiB", "not a duration: " TIME_ADVICE ", or off"},
    {"CSAN_MAX_HOLD=999999999999min", "too large: " TIME_ADVICE ", or off"},
    {"CSAN_SHARE=on", "no such choice: write off, cheap, precise or stress"},
    {"CSAN_SHARE=", "no such choice: write off, cheap, precise or stress"},
    {"CSAN_ON_MUTATION=go", "no such choice: write continue or stop"},
    {"CSAN_EXITCODE=256", "out of range: write a number from 0 to 255"},
    {"CSAN_EXITCODE=off", "not a number: write a number from 0 to 255"},
    {"CSAN_FORMAT=xml", "no such choice: write " FORMATS},
    {"CSAN_FORMAT=text,", "no such choice: write " FORMATS},
    {"CSAN_FORMAT=,text", "no such choice: write " FORMATS},
    {"CSAN_FORMAT=", "no such choice: write " FORMATS},
    {"CSAN_FORMAT=~jsonl", "no such choice: write " FORMATS},
    {"CSAN_FORMAT=text jsonl", "no such choice: write " FORMATS},
    {"CSAN_COLOR=no", "no such choice: write auto, always or never"},
    {"CSAN_STACK_DEPTH=0", "out of range: write a number from 1 to 256"},
    {"CSAN_STACK_DEPTH=257", "out of range: write a number from 1 to 256"},
    {"CSAN_STACK_DEPTH=99999999999999999999", "out of range: write a number from 1 to 256"},
    {"CSAN_VERBOSITY=3", "out of range: write a number from 0 to 2"},
    {"CSAN_VERBOSITY=", "not a number: write a number from 0 to 2"},
};

START_TEST(bad_values_are_refused_with_what_would_be_right)
{
    char message[512];
    snprintf(message, sizeof(message), "%s: %s", bad[_i].variable, bad[_i].message);
    expect_bad(bad[_i].variable, message);
}
END_TEST

START_TEST(texts_are_taken_as_they_are)
{
    ck_assert_int_eq(
        read_all(NULL, ENVIRONMENT("CSAN_LOG_PATH=/tmp/a b:c='d'", "CSAN_SUPPRESSIONS=\"s\"",
                                   "CSAN_FOCUS=*:*", "CSAN_BASELINE=x=y", "CSAN_OUT=o")),
        0);
    ck_assert_str_eq(csan__options.log_path, "/tmp/a b:c='d'");
    ck_assert_str_eq(csan__options.suppressions, "\"s\"");
    ck_assert_str_eq(csan__options.focus, "*:*");
    ck_assert_str_eq(csan__options.baseline, "x=y");
    ck_assert_str_eq(csan__options.out, "o");
    ck_assert_str_eq(csan__options_as_set("baseline"), "x=y");
}
END_TEST

START_TEST(an_empty_text_is_the_default)
{
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN_OPTIONS=log_path=a:focus=b",
                                                "CSAN_LOG_PATH=", "CSAN_FOCUS=")),
                     0);
    ck_assert_str_eq(csan__options.log_path, "stderr");
    ck_assert_str_eq(csan__options_as_set("log_path"), "stderr");
    ck_assert_ptr_null(csan__options.focus);
    ck_assert_str_eq(csan__options_as_set("focus"), "");
}
END_TEST

/* ------------------------------------------------------------------ names */

START_TEST(the_nearest_known_name_is_proposed)
{
    static const struct {
        char *variable;
        const char *message;
    } cases[] = {
        {"CSAN_MAX_LEEK=4KiB", "CSAN_MAX_LEEK=4KiB: no such option; did you mean CSAN_MAX_LEAK?"},
        {"CSAN_MAX_LAEK=0", "CSAN_MAX_LAEK=0: no such option; did you mean CSAN_MAX_LEAK?"},
        {"CSAN_max_leak=0", "CSAN_max_leak=0: no such option; did you mean CSAN_MAX_LEAK?"},
        {"CSAN_LEAK=0", "CSAN_LEAK=0: no such option; did you mean CSAN_MAX_LEAK?"},
        {"CSAN_HANG=1s", "CSAN_HANG=1s: no such option; did you mean CSAN_HANG_AFTER?"},
        {"CSAN_EXIT_CODE=1", "CSAN_EXIT_CODE=1: no such option; did you mean CSAN_EXITCODE?"},
        {"CSAN_COLOUR=auto", "CSAN_COLOUR=auto: no such option; did you mean CSAN_COLOR?"},
        {"CSAN_MAX_WAIT_P98=1s", "CSAN_MAX_WAIT_P98=1s: no such option; did you mean "
                                 "CSAN_MAX_WAIT_P99?"},
        {"CSAN_OPTION=", "CSAN_OPTION=: no such option; did you mean CSAN_OPTIONS?"},
        {"CSAN_PAHT=/x", "CSAN_PAHT=/x: no such option; did you mean CSAN_PATH?"},
        {"CSAN_HLEP=1", "CSAN_HLEP=1: no such option; did you mean CSAN_HELP?"},
        {"CSAN_OCLRO=never", "CSAN_OCLRO=never: no such option; did you mean CSAN_COLOR?"},
        {"CSAN_VRBSTY=1", "CSAN_VRBSTY=1: no such option; did you mean CSAN_VERBOSITY?"},
        {"CSAN_VERRBOOSIITY=1",
         "CSAN_VERRBOOSIITY=1: no such option; did you mean CSAN_VERBOSITY?"},
        {"CSAN_OUTTT=x", "CSAN_OUTTT=x: no such option; did you mean CSAN_OUT?"},
        {"CSAN_OUTTTT=x", "CSAN_OUTTTT=x: no such option; the nearest is CSAN_OUT, and "
                          "CSAN_HELP=1 lists them all"},
        {"CSAN_ZZZZZZZZZZ=1",
         "CSAN_ZZZZZZZZZZ=1: no such option; the nearest is CSAN_MAX_LEAK, and "
         "CSAN_HELP=1 lists them all"},
        {"CSAN_=1", "CSAN_=1: no such option; the nearest is CSAN_OUT, and CSAN_HELP=1 lists them "
                    "all"},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++)
        expect_bad(cases[i].variable, cases[i].message);
}
END_TEST

START_TEST(names_of_any_length_and_odd_bytes_keep_the_message_whole)
{
    static char long_name[70000], long_value[70000];
    memset(long_name, 'A', sizeof(long_name) - 1);
    memcpy(long_name, "CSAN_", 5);
    memcpy(long_name + sizeof(long_name) - 4, "=1", 2);
    expect_bad(long_name,
               "CSAN_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
               "AAA...=1A: no such option; the nearest is CSAN_MAX_WAIT_TOTAL, and CSAN_HELP=1 "
               "lists them all");
    memset(long_value, 'B', sizeof(long_value) - 1);
    memcpy(long_value, "CSAN_COLOR=", 11);
    expect_bad(
        long_value,
        "CSAN_COLOR=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
        "BBBBBB...: no such choice: write auto, always or never");
    expect_bad("CSAN_COLOR=a\nb\033[1m",
               "CSAN_COLOR=a?b?[1m: no such choice: write auto, always or "
               "never");
}
END_TEST

START_TEST(what_is_not_an_option_is_left_alone)
{
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN__RUN=/proc/1/fd/3", "CSAN__ANYTHING=1",
                                                "CSANX=1", "CSAN=1", "XCSAN_MAX_LEEK=1",
                                                "csan_max_leek=1", "CSAN_NO_VARIABLE", "=",
                                                "CSAN_OPTIONS=", "CSAN_PATH=/opt/csan")),
                     0);
}
END_TEST

START_TEST(questions_about_unknown_rows_have_harmless_answers)
{
    ck_assert_int_eq(read_one("CSAN_HELP=1"), 0);
    ck_assert(csan__options.help);
    ck_assert_str_eq(csan__options_as_set("nothing"), "");
    ck_assert_str_eq(csan__options_as_set("help"), "");
    ck_assert_str_eq(csan__options_as_set(NULL), "");
    ck_assert(!csan__options_was_set("help") && !csan__options_was_set(NULL));
}
END_TEST

/* ------------------------------------------------------------------ who wins */

START_TEST(a_variable_wins_over_the_list_and_that_over_the_program)
{
    char *const list = "CSAN_OPTIONS=max_leak=2KiB:max_blocked=2", *const one =
                                                                       "CSAN_MAX_LEAK=3KiB";
    const char *const program = "max_leak=1KiB:max_blocked=1:verbosity=1";
    ck_assert_int_eq(read_all(program, ENVIRONMENT("X=1")), 0);
    ck_assert_uint_eq(csan__options.max_leak, 1024);
    ck_assert_int_eq(read_all(program, ENVIRONMENT(list)), 0);
    ck_assert_uint_eq(csan__options.max_leak, 2048);
    for (int order = 0; order < 2; order++) {
        char **environment = order ? ENVIRONMENT(one, list) : ENVIRONMENT(list, one);
        ck_assert_int_eq(read_all(program, environment), 0);
        ck_assert_uint_eq(csan__options.max_leak, 3072);
        ck_assert_str_eq(csan__options_as_set("max_leak"), "3KiB");
        ck_assert_uint_eq(csan__options.max_blocked, 2);
        ck_assert_uint_eq(csan__options.verbosity, 1);
    }
}
END_TEST

START_TEST(a_bad_value_is_refused_even_where_another_would_win)
{
    ck_assert_int_eq(
        read_all("max_leak=x", ENVIRONMENT("CSAN_OPTIONS=max_leak=1", "CSAN_MAX_LEAK=2")), -EINVAL);
    ck_assert_str_eq(why, "csan_default_options(): max_leak=x: not a size: " SIZE_ADVICE);
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN_MAX_LEAK=2", "CSAN_OPTIONS=max_leak=y")),
                     -EINVAL);
    ck_assert_str_eq(why, "CSAN_OPTIONS: max_leak=y: not a size: " SIZE_ADVICE);
}
END_TEST

START_TEST(of_the_same_option_twice_the_later_in_a_list_and_the_first_variable_count)
{
    ck_assert_int_eq(read_one("CSAN_OPTIONS=exitcode=1:exitcode=2"), 0);
    ck_assert_uint_eq(csan__options.exitcode, 2);
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN_EXITCODE=3", "CSAN_EXITCODE=4")), 0);
    ck_assert_uint_eq(csan__options.exitcode, 3);
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN_EXITCODE=3", "CSAN_EXITCODE=x")), -EINVAL);
}
END_TEST

START_TEST(after_an_error_everything_is_as_preset)
{
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN_EXITCODE=3", "CSAN_LOG_PATH=x", "NO_COLOR=1",
                                                "CSAN_PATH=p", "CSAN_NIX=1")),
                     -EINVAL);
    ck_assert_uint_eq(csan__options.exitcode, 86);
    ck_assert_str_eq(csan__options.log_path, "stderr");
    ck_assert(!csan__options_was_set("exitcode"));
    ck_assert_str_eq(csan__options_as_set("exitcode"), "86");
    ck_assert(csan__options.no_color);
}
END_TEST

START_TEST(a_second_reading_forgets_the_first)
{
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN_EXITCODE=3", "NO_COLOR=1", "FORCE_COLOR=1",
                                                "TERM=dumb", "CSAN_HELP=1", "CSAN_FOCUS=x")),
                     0);
    ck_assert(csan__options.help && csan__options.no_color && csan__options.dumb_term);
    ck_assert_int_eq(read_all(NULL, NULL), 0);
    ck_assert_uint_eq(csan__options.exitcode, 86);
    ck_assert(!csan__options.help && !csan__options.no_color && !csan__options.force_color);
    ck_assert(!csan__options.dumb_term && !csan__options_was_set("focus"));
    ck_assert_ptr_null(csan__options.focus);
}
END_TEST

START_TEST(texts_outlive_the_environment)
{
    char variable[] = "CSAN_FOCUS=alpha", list[] = "CSAN_OPTIONS=max_leak=4KiB:out=beta";
    char program[] = "baseline=gamma";
    ck_assert_int_eq(read_all(program, ENVIRONMENT(variable, list)), 0);
    memset(variable, '#', sizeof(variable));
    memset(list, '#', sizeof(list));
    memset(program, '#', sizeof(program));
    ck_assert_str_eq(csan__options.focus, "alpha");
    ck_assert_str_eq(csan__options.out, "beta");
    ck_assert_str_eq(csan__options.baseline, "gamma");
    ck_assert_str_eq(csan__options_as_set("max_leak"), "4KiB");
}
END_TEST

START_TEST(too_much_text_is_an_error_and_no_overrun)
{
    static char variable[40000];
    const size_t before = strlen("CSAN_FOCUS=");
    for (size_t n = 32700; n < 32800; n++) {
        memcpy(variable, "CSAN_FOCUS=", before);
        memset(variable + before, 'x', n);
        variable[before + n] = '\0';
        int result = read_one(variable);
        ck_assert_int_eq(result, n < 32768 ? 0 : -EINVAL);
        ck_assert_int_eq(n < 32768, csan__options.focus != NULL);
        if (n < 32768)
            ck_assert_uint_eq(strlen(csan__options.focus), n);
    }
    ck_assert_ptr_nonnull(strstr(why, "xxx...: too long: all options together hold at most 32767"));
}
END_TEST

/* ------------------------------------------------------------------ lists */

START_TEST(lists_are_parted_by_colons_and_blanks)
{
    ck_assert_int_eq(read_one("CSAN_OPTIONS=::max_leak=1: exitcode=2\tverbosity=1\n:color=never: "),
                     0);
    ck_assert_uint_eq(csan__options.max_leak, 1);
    ck_assert_uint_eq(csan__options.exitcode, 2);
    ck_assert_uint_eq(csan__options.verbosity, 1);
    ck_assert_uint_eq(csan__options.color, COLOR_NEVER);
}
END_TEST

START_TEST(quoted_values_in_lists_hold_colons_and_blanks)
{
    ck_assert_int_eq(read_one("CSAN_OPTIONS=log_path='/a:b c':focus=\"it's\":max_leak='4 KiB':out="
                              "d=e:suppressions=''"),
                     0);
    ck_assert_str_eq(csan__options.log_path, "/a:b c");
    ck_assert_str_eq(csan__options.focus, "it's");
    ck_assert_uint_eq(csan__options.max_leak, 4096);
    ck_assert_str_eq(csan__options_as_set("max_leak"), "4 KiB");
    ck_assert_str_eq(csan__options.out, "d=e");
    ck_assert_ptr_null(csan__options.suppressions);
}
END_TEST

START_TEST(malformed_lists_are_refused)
{
#define NO_PAIR                                                                                    \
    "not name=value; a value that holds a colon or a blank needs quotes, as in log_path='a:b'"
    expect_bad("CSAN_OPTIONS=log_path=/a:b", "CSAN_OPTIONS: b: " NO_PAIR);
    expect_bad("CSAN_OPTIONS=max_leak=4 KiB", "CSAN_OPTIONS: KiB: " NO_PAIR);
    expect_bad("CSAN_OPTIONS=max_leak", "CSAN_OPTIONS: max_leak: " NO_PAIR);
    expect_bad("CSAN_OPTIONS=log_path='a:b", "CSAN_OPTIONS: log_path=a:b: its quote is not closed");
    expect_bad("CSAN_OPTIONS=focus=\"", "CSAN_OPTIONS: focus=: its quote is not closed");
    expect_bad("CSAN_OPTIONS=focus='a'b",
               "CSAN_OPTIONS: focus=a: write a colon behind its closing quote");
    expect_bad("CSAN_OPTIONS=MAX_LEAK=1",
               "CSAN_OPTIONS: MAX_LEAK=1: no such option; did you mean max_leak?");
    expect_bad("CSAN_OPTIONS=max_leek=4KiB",
               "CSAN_OPTIONS: max_leek=4KiB: no such option; did you mean max_leak?");
    expect_bad("CSAN_OPTIONS==1", "CSAN_OPTIONS: =1: no such option; the nearest is out, and "
                                  "CSAN_HELP=1 lists them all");
    ck_assert_int_eq(read_all("verbosity=9", NULL), -EINVAL);
    ck_assert_str_eq(why,
                     "csan_default_options(): verbosity=9: out of range: write a number from 0 "
                     "to 2");
}
END_TEST

/* ------------------------------------------------------------------ surroundings */

START_TEST(colour_wishes_of_the_terminal_are_read)
{
    static const struct {
        char *variable;
        bool no_color, force_color, dumb;
    } cases[] = {
        {"NO_COLOR=1", true, false, false},      {"NO_COLOR=0", true, false, false},
        {"NO_COLOR=", false, false, false},      {"FORCE_COLOR=1", false, true, false},
        {"FORCE_COLOR=yes", false, true, false}, {"FORCE_COLOR=0", false, false, false},
        {"FORCE_COLOR=", false, false, false},   {"TERM=dumb", false, false, true},
        {"TERM=xterm", false, false, false},     {"TERM=dumber", false, false, false},
        {"NO_COLORS=1", false, false, false},    {"TERM", false, false, false},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++) {
        ck_assert_int_eq(read_one(cases[i].variable), 0);
        ck_assert_int_eq(csan__options.no_color, cases[i].no_color);
        ck_assert_int_eq(csan__options.force_color, cases[i].force_color);
        ck_assert_int_eq(csan__options.dumb_term, cases[i].dumb);
    }
}
END_TEST

/* ------------------------------------------------------------------ shown */

static void join(const char *line, void *arg)
{
    char *all = arg;
    strcat(all, line);
    strcat(all, "\n");
}

struct shown {
    size_t width, lines, rows, longest;
};

static void check_help_line(const char *line, void *arg)
{
    struct shown *s = arg;
    size_t n = strlen(line);
    s->lines++;
    ck_assert_msg(n <= s->width, "%zu columns: %s", n, line);
    ck_assert(n == 0 || line[n - 1] != ' ');
    s->longest = n > s->longest ? n : s->longest;
    for (size_t i = 0; i < CSAN_COUNT(table); i++) {
        size_t name = strlen(table[i]);
        if (strncmp(line, table[i], name) == 0 && (line[name] == ' ' || n == name))
            s->rows++;
    }
}

START_TEST(the_help_fits_its_width_and_has_every_row)
{
    ck_assert_int_eq(read_all(NULL, NULL), 0);
    static const int widths[] = {0, 80, 72, 100, 200, 100000, 1, -5};
    static const size_t most[] = {80, 80, 72, 100, 200, 480, 72, 80};
    for (size_t i = 0; i < CSAN_COUNT(widths); i++) {
        struct shown s = {.width = most[i]};
        csan__options_help(widths[i], check_help_line, &s);
        ck_assert_uint_eq(s.rows, CSAN_COUNT(table));
        ck_assert_uint_gt(s.lines, CSAN_COUNT(table) + 2);
    }
}
END_TEST

START_TEST(the_help_uses_its_width_to_the_last_column)
{
    int full = 0;
    ck_assert_int_eq(read_all(NULL, NULL), 0);
    for (int width = 72; width < 92; width++) {
        struct shown s = {.width = (size_t)width};
        csan__options_help(width, check_help_line, &s);
        ck_assert_uint_ge(s.longest, s.width - 4);
        full += s.longest == s.width;
    }
    ck_assert_int_gt(full, 10);
}
END_TEST

START_TEST(the_help_shows_values_in_force_however_wide)
{
    static char all[65536], variable[20000];
    ck_assert_int_eq(read_all(NULL, ENVIRONMENT("CSAN_OPTIONS=focus=0123456789:out=0123456789a",
                                                "CSAN_STACK_DEPTH=9", "CSAN_BASELINE=a\nb")),
                     0);
    csan__options_help(80, join, all);
    ck_assert_ptr_nonnull(strstr(all, "\nstack_depth     9           64       Frames kept of each "
                                      "stack.\n"));
    ck_assert_ptr_nonnull(strstr(all, "\nfocus           0123456789           Count only"));
    ck_assert_ptr_nonnull(strstr(all, "\nout             0123456789a\n        "));
    ck_assert_ptr_nonnull(strstr(all, "profiles.\n"));
    ck_assert_ptr_nonnull(strstr(all, "\nbaseline        a?b "));
    memset(variable, 'v', sizeof(variable) - 1);
    memcpy(variable, "CSAN_LOG_PATH=", 14);
    ck_assert_int_eq(read_one(variable), 0);
    all[0] = '\0';
    csan__options_help(80, join, all);
    for (const char *line = all; *line != '\0'; line += strcspn(line, "\n") + 1)
        ck_assert_uint_lt(strcspn(line, "\n"), 500);
    ck_assert_ptr_nonnull(strstr(all, "vvv...\n"));
    ck_assert_ptr_nonnull(strstr(all, "\nverbosity "));
}
END_TEST

START_TEST(docs_options_md_is_that_of_the_table)
{
    static char want[65536], got[65536];
    ck_assert_int_eq(read_one("CSAN_MAX_LEAK=4KiB"), 0); /* must not show */
    csan__options_markdown(join, want);
    FILE *f = fopen("docs/options.md", "r");
    ck_assert_msg(f != NULL, "run this from the top of the source tree");
    size_t n = fread(got, 1, sizeof(got) - 1, f);
    fclose(f);
    got[n] = '\0';
    ck_assert_msg(strcmp(want, got) == 0,
                  "docs/options.md is not that of options.inc: write it with test_options "
                  "--markdown >docs/options.md");
}
END_TEST

static TCase *values(void)
{
    TCase *c = tcase_create("values");
    tcase_add_test(c, the_presets_are_those_of_the_contract);
    tcase_add_test(c, the_rows_are_those_of_the_contract_in_its_order);
    tcase_add_test(c, every_preset_is_a_value_that_can_be_set);
    tcase_add_test(c, constants_of_the_choices_match_their_rows);
    tcase_add_loop_test(c, good_values_are_taken, 0, CSAN_COUNT(good));
    tcase_add_loop_test(c, bad_values_are_refused_with_what_would_be_right, 0, CSAN_COUNT(bad));
    tcase_add_test(c, texts_are_taken_as_they_are);
    tcase_add_test(c, an_empty_text_is_the_default);
    tcase_add_test(c, the_nearest_known_name_is_proposed);
    tcase_add_test(c, names_of_any_length_and_odd_bytes_keep_the_message_whole);
    tcase_add_test(c, what_is_not_an_option_is_left_alone);
    tcase_add_test(c, questions_about_unknown_rows_have_harmless_answers);
    return c;
}

static TCase *sources(void)
{
    TCase *c = tcase_create("sources");
    tcase_add_test(c, a_variable_wins_over_the_list_and_that_over_the_program);
    tcase_add_test(c, a_bad_value_is_refused_even_where_another_would_win);
    tcase_add_test(c, of_the_same_option_twice_the_later_in_a_list_and_the_first_variable_count);
    tcase_add_test(c, after_an_error_everything_is_as_preset);
    tcase_add_test(c, a_second_reading_forgets_the_first);
    tcase_add_test(c, texts_outlive_the_environment);
    tcase_add_test(c, too_much_text_is_an_error_and_no_overrun);
    tcase_add_test(c, lists_are_parted_by_colons_and_blanks);
    tcase_add_test(c, quoted_values_in_lists_hold_colons_and_blanks);
    tcase_add_test(c, malformed_lists_are_refused);
    tcase_add_test(c, colour_wishes_of_the_terminal_are_read);
    return c;
}

static TCase *showing(void)
{
    TCase *c = tcase_create("showing");
    tcase_add_test(c, the_help_fits_its_width_and_has_every_row);
    tcase_add_test(c, the_help_uses_its_width_to_the_last_column);
    tcase_add_test(c, the_help_shows_values_in_force_however_wide);
    tcase_add_test(c, docs_options_md_is_that_of_the_table);
    return c;
}

static void print(const char *line, void *arg)
{
    (void)arg;
    puts(line);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--markdown") == 0) {
        csan__options_markdown(print, NULL);
        return 0;
    }
    Suite *s = suite_create("options");
    suite_add_tcase(s, values());
    suite_add_tcase(s, sources());
    suite_add_tcase(s, showing());
    return suite_run(s);
}
