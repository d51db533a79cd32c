/* What a finding is called: the same for the same defect, whatever moved around it. */
#include "record/finding.h"
#include "report/report.h"
#include "tests/unit/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena scratch;

static void tear_down(void)
{
    csan__arena_scratch_free(&scratch);
}

static struct frame own(const char *function, const char *file, uint32_t line)
{
    return (struct frame){.function = function,
                          .file = file,
                          .module = "/w/app",
                          .source = "",
                          .line = line,
                          .own = true};
}

static struct frame foreign(const char *function)
{
    return (struct frame){
        .function = function, .file = "", .module = "/lib/libc.so.6", .source = ""};
}

#define STACK(...)                                                                                 \
    stack_of((struct frame[]){__VA_ARGS__},                                                        \
             sizeof((struct frame[]){__VA_ARGS__}) / sizeof(struct frame))

static struct trace stack_of(const struct frame *frames, size_t n)
{
    struct trace t = {.count = (uint32_t)n};
    t.frames = csan__arena_scratch_alloc(&scratch, n * sizeof *frames);
    memcpy(t.frames, frames, n * sizeof *frames);
    return t;
}

static struct shown found(enum finding_kind kind, struct trace t)
{
    struct finding *f = csan__arena_scratch_alloc(&scratch, sizeof *f);
    f->kind = kind;
    return (struct shown){.finding = f, .trace = t};
}

static uint32_t print_of(struct trace t)
{
    struct shown s = found(FINDING_LEAK, t);
    return csan__fingerprint_of(&s);
}

static uint32_t name_print(const char *function)
{
    return print_of(STACK(own(function, "/w/a.cc", 3), own("main", "/w/a.cc", 9)));
}

/* ------------------------------------------------------------------ what it depends on */

START_TEST(it_is_pinned)
{
    /* In baselines of users: a change of this number breaks them all. */
    ck_assert_uint_eq(
        print_of(STACK(own("row_new", "/w/src/cache.c", 41), own("cache_get", "/w/src/cache.c", 88),
                       own("main", "/w/src/main.c", 12))),
        0x81e49852);
}
END_TEST

START_TEST(lines_columns_offsets_and_folders_do_not_count)
{
    uint32_t one = print_of(STACK(own("f", "/home/ann/src/a.c", 3), own("main", "m.c", 9)));
    struct frame moved = own("f", "/builds/7/src/a.c", 300);
    moved.column = 7;
    moved.offset = 0x1234;
    moved.source = "x = malloc(1);";
    moved.module = "/elsewhere/app";
    ck_assert_uint_eq(print_of(STACK(moved, own("main", "/x/m.c", 1))), one);
}
END_TEST

START_TEST(kind_function_file_and_callers_count)
{
    uint32_t one = print_of(STACK(own("f", "/w/a.c", 3), own("main", "/w/m.c", 9)));
    struct shown wait = found(FINDING_WAIT, STACK(own("f", "/w/a.c", 3), own("main", "/w/m.c", 9)));
    ck_assert_uint_ne(csan__fingerprint_of(&wait), one);
    ck_assert_uint_ne(print_of(STACK(own("g", "/w/a.c", 3), own("main", "/w/m.c", 9))), one);
    ck_assert_uint_ne(print_of(STACK(own("f", "/w/b.c", 3), own("main", "/w/m.c", 9))), one);
    ck_assert_uint_ne(print_of(STACK(own("f", "/w/a.c", 3), own("test", "/w/m.c", 9))), one);
    ck_assert_uint_ne(print_of(STACK(own("f", "/w/a.c", 3))), one);
    ck_assert_uint_ne(print_of(STACK(own("main", "/w/m.c", 9), own("f", "/w/a.c", 3))), one);
}
END_TEST

START_TEST(amounts_and_sentences_do_not_count)
{
    struct shown s = found(FINDING_LEAK, STACK(own("f", "/w/a.c", 3)));
    uint32_t one = csan__fingerprint_of(&s);
    struct finding f = {.kind = FINDING_LEAK, .amount = 7, .count = 3, .what = "x", .note = "y"};
    s.finding = &f;
    ck_assert_uint_eq(csan__fingerprint_of(&s), one);
}
END_TEST

START_TEST(library_frames_do_not_count_where_there_are_own_ones)
{
    uint32_t one = print_of(STACK(own("f", "/w/a.c", 3), own("main", "/w/m.c", 9)));
    ck_assert_uint_eq(print_of(STACK(foreign("strdup"), own("f", "/w/a.c", 3), foreign("qsort"),
                                     own("main", "/w/m.c", 9), foreign("__libc_start_main"))),
                      one);
    ck_assert_uint_ne(print_of(STACK(foreign("strdup"))), print_of(STACK(foreign("fopen"))));
}
END_TEST

START_TEST(inlined_frames_count_as_called_ones)
{
    struct frame f = own("f", "/w/a.c", 3);
    uint32_t one = print_of(STACK(f, own("main", "/w/m.c", 9)));
    f.inlined = true;
    ck_assert_uint_eq(print_of(STACK(f, own("main", "/w/m.c", 9))), one);
}
END_TEST

START_TEST(recursion_counts_once_however_deep)
{
    struct frame f = own("walk", "/w/a.c", 3), g = own("visit", "/w/a.c", 7),
                 m = own("main", "/w/m.c", 9);
    ck_assert_uint_eq(print_of(STACK(f, f, f, f, m)), print_of(STACK(f, m)));
    ck_assert_uint_eq(print_of(STACK(f, g, f, g, f, g, m)), print_of(STACK(f, g, m)));
}
END_TEST

START_TEST(a_stack_without_frames_has_a_name)
{
    struct shown leak = found(FINDING_LEAK, (struct trace){.frames = NULL});
    struct shown wait = found(FINDING_WAIT, (struct trace){.frames = NULL});
    ck_assert_uint_ne(csan__fingerprint_of(&leak), csan__fingerprint_of(&wait));
}
END_TEST

START_TEST(a_very_deep_stack_has_a_name)
{
    static struct frame frames[1000];
    static char names[1000][16];
    for (uint32_t i = 0; i < 1000; i++) {
        snprintf(names[i], sizeof names[i], "f%u", i);
        frames[i] = own(names[i], "/w/a.c", i);
    }
    uint32_t one = print_of(stack_of(frames, 1000));
    frames[100].function = "other";
    ck_assert_uint_ne(print_of(stack_of(frames, 1000)), one);
}
END_TEST

/* ------------------------------------------------------------------ names of functions */

START_TEST(what_compilers_add_to_names_does_not_count)
{
    static const char *const cases[][2] = {
        {"row_new", "row_new.constprop.0"},
        {"row_new", "row_new.isra.0.cold"},
        {"row_new", "row_new.part.12"},
        {"row_new", "row_new.lto_priv.3"},
        {"row_new", "row_new.llvm.1234567"},
        {"row_new", "row_new.2"},
        {"shop::get", "shop::get(int, char const*)"},
        {"shop::get", "shop::get(int, char const*) [clone .isra.0]"},
        {"shop::get", "shop::get(int) const"},
        {"shop::get", "shop::get(int) const &"},
        {"shop::get", "shop::get() volatile &&"},
        {"get<int>", "void get<int>(int)"},
        {"get<int>", "std::vector<int, std::allocator<int> > get<int>(int)"},
        {"get<int>", "char const* get<int>(int)"},
        {"shop::name[abi:cxx11]", "shop::name"},
        {"shop::name", "shop::name[abi:cxx11]()"},
        {"get", "(anonymous namespace)::get(int)"},
        {"shop::get", "shop::(anonymous namespace)::get(int)"},
        {"main::{lambda(int)#1}::operator()", "main::{lambda(int)#2}::operator()(int) const"},
        {"main::{lambda()#1}::operator()", "main()::{lambda()#7}::operator()() const"},
        {"run()::$_0::operator()", "run()::$_12::operator()(int) const"},
        {"run()::'lambda'(int)::operator()", "run()::'lambda3'(int)::operator()(int) const"},
        {"operator new", "operator new(unsigned long)"},
        {"operator new[]", "operator new[](unsigned long, std::nothrow_t const&)"},
        {"operator<<", "operator<<(std::ostream&, Row const&)"},
        {"Row::operator bool", "Row::operator bool() const"},
        {"Row::operator->", "Row::operator->() const"},
        {"operator<", "bool operator<(Row const&, Row const&)"},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++)
        ck_assert_msg(name_print(cases[i][0]) == name_print(cases[i][1]), "%s and %s", cases[i][0],
                      cases[i][1]);
}
END_TEST

START_TEST(what_programmers_wrote_counts)
{
    static const char *const cases[][2] = {
        {"row_new", "row_new2"},
        {"get<int>", "get<char>"},
        {"get<int (*)(int)>", "get<int (*)(char)>"},
        {"a::get", "b::get"},
        {"operator new", "operator new[]"},
        {"operator new", "operator delete"},
        {"operator<", "operator<<"},
        {"operator()", "operator[]"},
        {"Row::operator bool", "Row::operator int"},
        {"Row::operator bool", "Key::operator bool"},
        {"f.other", "f"},
        {"??", "f"},
        {"f(int)::g", "f"},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++)
        ck_assert_msg(name_print(cases[i][0]) != name_print(cases[i][1]), "%s and %s", cases[i][0],
                      cases[i][1]);
}
END_TEST

START_TEST(names_that_are_no_names_have_fingerprints)
{
    static const char *const names[] = {"",      "(",   ")",   "<",        ">",         "((((",
                                        "a(b",   "a<b", " ",   "  ",       "[",         "[[",
                                        "#",     "(x)", "a ",  "operator", ".",         "$_1",
                                        ".cold", "]",   "<<>", "'lambda",  "operator ", ".1"};
    char lengthy[5000];
    for (size_t i = 0; i < CSAN_COUNT(names); i++)
        name_print(names[i]);
    memset(lengthy, '<', sizeof lengthy);
    lengthy[sizeof lengthy - 1] = '\0';
    name_print(lengthy);
    ck_assert_uint_ne(name_print("(x)"), name_print("(y)"));
}
END_TEST

/* ------------------------------------------------------------------ a whole report */

static struct shown *report_of(struct trace *traces, uint32_t n, struct report *r)
{
    struct shown *all = csan__arena_scratch_alloc(&scratch, n * sizeof *all);
    for (uint32_t i = 0; i < n; i++)
        all[i] = found(FINDING_LEAK, traces[i]);
    *r = (struct report){.shown = all, .count = n, .scratch = &scratch};
    csan__fingerprint_all(r);
    return all;
}

START_TEST(two_leaks_of_one_function_have_two_names)
{
    struct trace t[] = {STACK(own("f", "/w/a.c", 30)), STACK(own("f", "/w/a.c", 20)),
                        STACK(own("g", "/w/a.c", 25))};
    struct report r;
    struct shown *s = report_of(t, 3, &r);
    ck_assert_uint_ne(s[0].fingerprint, s[1].fingerprint);
    ck_assert_uint_ne(s[0].fingerprint, s[2].fingerprint);
    ck_assert_uint_eq(s[1].fingerprint, csan__fingerprint_of(&s[1]));
    ck_assert_uint_eq(s[2].fingerprint, csan__fingerprint_of(&s[2]));
}
END_TEST

START_TEST(edits_above_change_no_name)
{
    struct trace before[] = {STACK(own("f", "/w/a.c", 20)), STACK(own("f", "/w/a.c", 30))};
    struct trace after[] = {STACK(own("f", "/w/a.c", 130)), STACK(own("f", "/w/a.c", 120))};
    struct report r;
    struct shown *one = report_of(before, 2, &r), *two = report_of(after, 2, &r);
    ck_assert_uint_eq(one[0].fingerprint, two[1].fingerprint);
    ck_assert_uint_eq(one[1].fingerprint, two[0].fingerprint);
}
END_TEST

START_TEST(stacks_alike_to_the_line_share_their_name)
{
    struct trace t[] = {STACK(own("f", "/w/a.c", 20), own("main", "/w/a.c", 90)),
                        STACK(own("f", "/w/a.c", 20), own("main", "/w/a.c", 91)),
                        STACK(own("f", "/w/a.c", 20), own("main", "/w/a.c", 91)),
                        STACK(own("f", "/w/a.c", 20), own("main", "/w/a.c", 92))};
    struct report r;
    struct shown *s = report_of(t, 4, &r);
    ck_assert_uint_eq(s[1].fingerprint, s[2].fingerprint);
    ck_assert_uint_ne(s[0].fingerprint, s[1].fingerprint);
    ck_assert_uint_ne(s[2].fingerprint, s[3].fingerprint);
    ck_assert_uint_ne(s[0].fingerprint, s[3].fingerprint);
}
END_TEST

START_TEST(depths_of_one_recursion_share_their_name)
{
    struct frame f = own("walk", "/w/a.c", 20), m = own("main", "/w/a.c", 90);
    struct trace t[] = {STACK(f, m), STACK(f, f, m), STACK(f, f, f, m)};
    struct report r;
    struct shown *s = report_of(t, 3, &r);
    ck_assert_uint_eq(s[0].fingerprint, s[1].fingerprint);
    ck_assert_uint_eq(s[0].fingerprint, s[2].fingerprint);
}
END_TEST

START_TEST(order_of_findings_changes_no_name)
{
    struct trace t[64];
    struct report r;
    uint32_t names[64];
    for (uint32_t i = 0; i < 64; i++)
        t[i] = STACK(own(i % 3 ? "f" : "g", "/w/a.c", i + 1));
    struct shown *s = report_of(t, 64, &r);
    for (uint32_t i = 0; i < 64; i++)
        names[i] = s[i].fingerprint;
    for (uint32_t i = 0; i < 32; i++) {
        struct trace swap = t[i];
        t[i] = t[63 - i];
        t[63 - i] = swap;
    }
    s = report_of(t, 64, &r);
    for (uint32_t i = 0; i < 64; i++) {
        ck_assert_uint_eq(names[i], s[63 - i].fingerprint);
        for (uint32_t k = 0; k < i; k++)
            ck_assert_uint_ne(names[i], names[k]);
    }
}
END_TEST

START_TEST(a_cycle_of_locks_is_the_same_from_either_side)
{
    struct trace a = STACK(own("a", "/w/a.c", 1)), b = STACK(own("b", "/w/a.c", 2)),
                 c = STACK(own("c", "/w/a.c", 3));
    struct finding f = {.kind = FINDING_DEADLOCK, .nparties = 2};
    struct shown one = {.finding = &f, .trace = a, .parties = {b, c}};
    struct shown two = {.finding = &f, .trace = c, .parties = {a, b}};
    struct shown other = {.finding = &f, .trace = a, .parties = {b, b}};
    ck_assert_uint_eq(csan__fingerprint_of(&one), csan__fingerprint_of(&two));
    ck_assert_uint_ne(csan__fingerprint_of(&one), csan__fingerprint_of(&other));
    f.kind = FINDING_WAIT;
    ck_assert_uint_ne(csan__fingerprint_of(&one), csan__fingerprint_of(&two));
    ck_assert_uint_eq(csan__fingerprint_of(&one), csan__fingerprint_of(&other));
}
END_TEST

START_TEST(without_memory_names_are_given_all_the_same)
{
    struct trace t[] = {STACK(own("f", "/w/a.c", 30)), STACK(own("f", "/w/a.c", 20))};
    struct report r;
    struct shown *s = report_of(t, 2, &r);
    struct arena none = {.chunks = NULL};
    s[0].fingerprint = s[1].fingerprint = 0;
    r.scratch = &none;
    csan__arena_fail_nth(1);
    csan__fingerprint_all(&r);
    csan__arena_fail_nth(0);
    ck_assert_uint_eq(s[0].fingerprint, csan__fingerprint_of(&s[0]));
    ck_assert_uint_eq(s[1].fingerprint, csan__fingerprint_of(&s[1]));
    csan__arena_scratch_free(&none);
}
END_TEST

/* ------------------------------------------------------------------ the list of findings */

START_TEST(findings_keep_their_order_and_are_zeroed)
{
    struct findings list;
    csan__findings_init(&list, &scratch);
    ck_assert_ptr_null(list.first);
    struct finding *one = csan__findings_add(&list, FINDING_WAIT);
    struct finding *two = csan__findings_add(&list, FINDING_LEAK);
    ck_assert_uint_eq(list.count, 2);
    ck_assert_ptr_eq(list.first, one);
    ck_assert_ptr_eq(one->next, two);
    ck_assert_ptr_null(two->next);
    ck_assert_int_eq(one->kind, FINDING_WAIT);
    ck_assert_uint_eq(two->amount, 0);
    struct arena none = {.chunks = NULL};
    csan__findings_init(&list, &none);
    csan__arena_fail_nth(1);
    ck_assert_ptr_null(csan__findings_add(&list, FINDING_LEAK));
    csan__arena_fail_nth(0);
    ck_assert_uint_eq(list.count, 0);
    ck_assert_ptr_null(list.first);
}
END_TEST

START_TEST(kinds_are_spelled_as_the_contract_has_them)
{
    static const char *const names[] = {
        "leak",        "growth", "bad-free", "thread", "blocked",    "deadlock", "lock-order",
        "lock-misuse", "wait",   "hold",     "escape", "unreleased", "mutation", "pool"};
    ck_assert_uint_eq(CSAN_COUNT(names), FINDING_KINDS);
    for (unsigned k = 0; k < FINDING_KINDS; k++)
        ck_assert_str_eq(csan__finding_kind_name((enum finding_kind)k), names[k]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fingerprint");
    TCase *c = tcase_create("fingerprint");
    tcase_add_checked_fixture(c, NULL, tear_down);
    tcase_add_test(c, it_is_pinned);
    tcase_add_test(c, lines_columns_offsets_and_folders_do_not_count);
    tcase_add_test(c, kind_function_file_and_callers_count);
    tcase_add_test(c, amounts_and_sentences_do_not_count);
    tcase_add_test(c, library_frames_do_not_count_where_there_are_own_ones);
    tcase_add_test(c, inlined_frames_count_as_called_ones);
    tcase_add_test(c, recursion_counts_once_however_deep);
    tcase_add_test(c, a_stack_without_frames_has_a_name);
    tcase_add_test(c, a_very_deep_stack_has_a_name);
    tcase_add_test(c, what_compilers_add_to_names_does_not_count);
    tcase_add_test(c, what_programmers_wrote_counts);
    tcase_add_test(c, names_that_are_no_names_have_fingerprints);
    tcase_add_test(c, two_leaks_of_one_function_have_two_names);
    tcase_add_test(c, edits_above_change_no_name);
    tcase_add_test(c, stacks_alike_to_the_line_share_their_name);
    tcase_add_test(c, depths_of_one_recursion_share_their_name);
    tcase_add_test(c, order_of_findings_changes_no_name);
    tcase_add_test(c, a_cycle_of_locks_is_the_same_from_either_side);
    tcase_add_test(c, without_memory_names_are_given_all_the_same);
    tcase_add_test(c, findings_keep_their_order_and_are_zeroed);
    tcase_add_test(c, kinds_are_spelled_as_the_contract_has_them);
    suite_add_tcase(s, c);
    return suite_run(s);
}
