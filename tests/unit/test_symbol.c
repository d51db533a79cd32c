/* Names for stacks: the conversation with the helper, whatever it does, and whose code a frame is.
 * The helper here is a forked child that plays a part. */
#include "record/module.h"
#include "record/stack.h"
#include "report/ask.h"
#include "report/origin.h"
#include "report/place.h"
#include "report/symbol.h"
#include "tests/unit/suite.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena scratch;

/* ------------------------------------------------------------------ helpers of all sorts */

static void (*part)(FILE *in, FILE *out);
static pid_t child;
static int to_child, from_child;
static int starts, ends;

static int start(int *to_fd, int *from_fd)
{
    int to[2], from[2];
    starts++;
    if (pipe(to) != 0 || pipe(from) != 0)
        return -EMFILE;
    child = fork();
    if (child == 0) {
        close(to[1]);
        close(from[0]);
        part(fdopen(to[0], "r"), fdopen(from[1], "w"));
        _exit(0);
    }
    close(to[0]);
    close(from[1]);
    *to_fd = to_child = to[1];
    *from_fd = from_child = from[0];
    return 0;
}

static void end(void)
{
    ends++;
    close(to_child);
    close(from_child);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

static const struct symbol_helper helper = {.start = start, .end = end, .patience_ms = 10000};
static const struct symbol_helper impatient = {.start = start, .end = end, .patience_ms = 50};

/* Reads up to the end of the request; returns the number of lookups. */
static int read_request(FILE *in)
{
    char line[1024];
    int n = 0;
    while (fgets(line, sizeof line, in) && strcmp(line, ".\n") != 0)
        n += line[0] == 'A';
    return n;
}

static void answers_well(FILE *in, FILE *out)
{
    int n = read_request(in);
    for (int i = 0; i < n; i++)
        fprintf(out,
                "F 1 11 7 inner_%d\t/w/inner.c\t/w/mod\t\t  return x;\n"
                "F 0 22 9 outer_%d\t/w/outer.c\t/w/mod\tint y\t= 0;\n;\n",
                i, i);
    fflush(out);
}

/* Answers each line as it comes, at length: both pipes fill up if nobody reads. */
static void answers_while_asked(FILE *in, FILE *out)
{
    char line[1024], name[4001];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    setvbuf(in, NULL, _IOFBF, 128);
    while (fgets(line, sizeof line, in) && strcmp(line, ".\n") != 0)
        if (line[0] == 'A')
            fprintf(out, "F 0 1 1 %s\t/w/a.c\t/w/mod\t\n;\n", name);
    fflush(out);
}

static void knows_nothing(FILE *in, FILE *out)
{
    for (int n = read_request(in); n > 0; n--)
        fputs(";\n", out);
    fflush(out);
}

static void knows_the_symbol_table_only(FILE *in, FILE *out)
{
    for (int n = read_request(in); n > 0; n--)
        fputs("F 0 0 0 from_symtab\t\t/w/mod\t\n;\n", out);
    fflush(out);
}

static void dies_at_once(FILE *in, FILE *out)
{
    (void)in;
    (void)out;
}

static void dies_after_one(FILE *in, FILE *out)
{
    read_request(in);
    fputs("F 0 1 1 first\t/w/a.c\t/w/mod\t\n;\nF 0 1 1 sec", out);
    fflush(out);
}

static void talks_nonsense(FILE *in, FILE *out)
{
    read_request(in);
    fputs("F 0 1 1 first\t/w/a.c\t/w/mod\t\n;\nhello?\n", out);
    fflush(out);
    pause();
}

static void says_nothing(FILE *in, FILE *out)
{
    (void)in;
    (void)out;
    pause();
}

static void reads_and_says_nothing(FILE *in, FILE *out)
{
    (void)out;
    read_request(in);
    pause();
}

static void one_byte_at_a_time(FILE *in, FILE *out)
{
    int n = read_request(in);
    setvbuf(out, NULL, _IONBF, 0);
    for (int i = 0; i < n; i++)
        for (const char *c = "F 0 33 4 slowly\t/w/a.c\t/w/mod\t  x();\n;\n"; *c; c++)
            fputc(*c, out);
}

/* The request, as it came, is the name of the first function. */
static void echoes(FILE *in, FILE *out)
{
    char line[1024];
    int n = 0;
    fputs("F 0 1 1 ", out);
    while (fgets(line, sizeof line, in) && strcmp(line, ".\n") != 0) {
        line[strcspn(line, "\n")] = '|';
        fputs(line, out);
        n += line[0] == 'A';
    }
    fputs("\t/w/a.c\t/w/mod\t\n;\n", out);
    while (--n > 0)
        fputs(";\n", out);
    fflush(out);
}

/* ------------------------------------------------------------------ stacks */

static void set_up(void)
{
    ck_assert_int_eq(csan__stack_init(64), 0);
    csan__module_refresh();
    csan__symbol_use_helper(&helper);
    starts = ends = 0;
}

static void tear_down(void)
{
    csan__arena_scratch_free(&scratch);
    ck_assert_int_eq(starts, ends);
}

static uintptr_t here(void)
{
    return (uintptr_t)&set_up + 8;
}

static uint32_t stack_of(uintptr_t first, uint32_t depth, uint32_t step)
{
    uintptr_t pcs[STACK_DEPTH_MAX];
    for (uint32_t i = 0; i < depth; i++)
        pcs[i] = first + (uintptr_t)i * step;
    uint32_t id = csan__stack_keep(pcs, depth, false);
    ck_assert_uint_ne(id, 0);
    return id;
}

static struct trace resolve(uint32_t stack, const char **why)
{
    struct trace t;
    csan__symbol_resolve(&scratch, &stack, 1, &t, why);
    return t;
}

static struct trace resolve_with(void (*play)(FILE *, FILE *), uint32_t depth, const char **why)
{
    part = play;
    return resolve(stack_of(here(), depth, 4), why);
}

/* ------------------------------------------------------------------ a good helper */

START_TEST(frames_come_inlined_first_with_their_places)
{
    const char *why;
    struct trace t = resolve_with(answers_well, 2, &why);
    ck_assert_ptr_null(why);
    ck_assert_uint_eq(t.count, 4);
    ck_assert_str_eq(t.frames[0].function, "inner_0");
    ck_assert_str_eq(t.frames[0].file, "/w/inner.c");
    ck_assert_str_eq(t.frames[0].source, "return x;");
    ck_assert_uint_eq(t.frames[0].line, 11);
    ck_assert_uint_eq(t.frames[0].column, 7);
    ck_assert_uint_eq(t.frames[0].caret, 4);
    ck_assert(t.frames[0].inlined);
    ck_assert_str_eq(t.frames[1].function, "outer_0");
    ck_assert_str_eq(t.frames[1].source, "int y\t= 0;");
    ck_assert_uint_eq(t.frames[1].caret, 0);
    ck_assert(!t.frames[1].inlined);
    ck_assert_str_eq(t.frames[3].function, "outer_1");
    ck_assert(t.frames[0].own);
    ck_assert_uint_eq(t.place, 0);
}
END_TEST

START_TEST(an_address_is_asked_once_for_all_stacks)
{
    uint32_t stacks[3] = {stack_of(here(), 3, 4), stack_of(here() + 4, 3, 4), 0};
    struct trace t[3];
    const char *why;
    part = answers_well;
    csan__symbol_resolve(&scratch, stacks, 3, t, &why);
    ck_assert_int_eq(starts, 1);
    ck_assert_uint_eq(t[0].count, 6);
    ck_assert_uint_eq(t[1].count, 6);
    ck_assert_uint_eq(t[2].count, 0);
    ck_assert_str_eq(t[0].frames[2].function, "inner_1");
    ck_assert_str_eq(t[1].frames[0].function, "inner_1");
    ck_assert_str_eq(t[1].frames[4].function, "inner_3");
}
END_TEST

START_TEST(the_request_is_as_the_protocol_has_it)
{
    const char *why;
    struct trace t = resolve_with(echoes, 1, &why);
    const struct module *m = csan__module_find(here());
    char expected[1024], id[80] = "-";
    for (uint32_t i = 0; i < m->build_id_bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", m->build_id[i]);
    snprintf(expected, sizeof expected, "M 1 %lx %lx %lx %s %s|A 1 %lx|", m->bias, m->lo, m->hi, id,
             m->path, here() - 1 - m->bias);
    ck_assert_str_eq(t.frames[0].function, expected);
    ck_assert_uint_eq(t.frames[0].offset, here() - 1 - m->bias);
    ck_assert_str_eq(t.frames[0].module, m->path);
}
END_TEST

/* ------------------------------------------------------------------ places */

static struct place in_this_module(enum place_kind kind, uintptr_t at)
{
    const struct module *m = csan__module_find(here());
    return (struct place){
        .kind = kind, .module = m, .at = at, .offset = at - m->bias, .value = 0x5000};
}

static struct place in_a_block(uintptr_t at, uintptr_t value)
{
    return (struct place){.kind = PLACE_HEAP, .follows = true, .at = at, .value = value};
}

static void answers_for_data(FILE *in, FILE *out)
{
    char line[1024];
    while (fgets(line, sizeof line, in) && strcmp(line, ".\n") != 0) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == 'D' || line[0] == 'T')
            fprintf(out,
                    "F 0 12 0 %s\t/w/a.c\t/w/mod\tstruct row\n"
                    "F 0 0 0 ->next\t\t/w/mod\tstruct node\n;\n",
                    line);
    }
    fflush(out);
}

START_TEST(places_are_asked_by_variable_and_offsets_along_the_chain)
{
    struct named_place named[6];
    char expected[128];
    part = answers_for_data;
    struct place places[6] = {in_this_module(PLACE_GLOBAL, here()),
                              in_a_block(0x5010, 0x6008),
                              in_a_block(0x6000, 0),
                              in_this_module(PLACE_THREAD_LOCAL, here()),
                              {.kind = PLACE_STACK, .value = 0x5000},
                              in_a_block(0x5000, 0)};
    places[3].offset = 0x24;
    csan__place_resolve(&scratch, places, 6, named);
    snprintf(expected, sizeof expected, "D 1 %lx 10", here() - places[0].module->bias);
    ck_assert_str_eq(named[0].name, expected);
    ck_assert_str_eq(named[0].file, "/w/a.c");
    ck_assert_uint_eq(named[0].line, 12);
    ck_assert_str_eq(named[0].pointee, "struct row");
    ck_assert_str_eq(named[1].name, "->next");
    ck_assert_str_eq(named[1].pointee, "struct node");
    ck_assert_str_eq(named[2].name, ""); /* the block itself */
    ck_assert_str_eq(named[3].name, "T 1 24");
    ck_assert_str_eq(named[4].name, "");
    ck_assert_str_eq(named[5].name, ""); /* what follows a stack is of no known type */
}
END_TEST

START_TEST(an_offset_before_the_pointer_s_target_is_asked_as_it_is)
{
    struct named_place named[2];
    part = answers_for_data;
    struct place places[2] = {in_this_module(PLACE_GLOBAL, here()), in_a_block(0x4ff8, 0x6000)};
    csan__place_resolve(&scratch, places, 2, named);
    ck_assert_ptr_nonnull(strstr(named[0].name, " fffffffffffffff8"));
}
END_TEST

START_TEST(without_a_helper_places_have_module_and_offset)
{
    struct named_place named;
    char room[256];
    struct text t = TEXT(room);
    csan__symbol_use_helper(NULL);
    struct place place = in_this_module(PLACE_GLOBAL, here());
    place.offset = 0x4050;
    csan__place_resolve(&scratch, &place, 1, &named);
    csan__place_put(&t, &named, "", "/");
    ck_assert_str_eq(room, "global test_symbol+0x4050");
}
END_TEST

START_TEST(no_memory_gives_places_without_names)
{
    struct place place = in_this_module(PLACE_GLOBAL, here());
    struct named_place named;
    part = answers_for_data;
    for (unsigned nth = 1; nth < 5; nth++) {
        struct arena none = {.chunks = NULL};
        csan__arena_fail_nth(nth);
        csan__place_resolve(&none, &place, 1, &named);
        csan__arena_fail_nth(0);
        ck_assert_ptr_eq(named.place, &place);
        csan__arena_scratch_free(&none);
    }
}
END_TEST

START_TEST(modules_are_named_once_each)
{
    uintptr_t libc = (uintptr_t)&strtol + 8;
    uintptr_t pcs[] = {here(), libc, here() + 4, libc + 4};
    const char *why;
    part = echoes;
    struct trace t = resolve(csan__stack_keep(pcs, 4, false), &why);
    uint32_t asked = 0;
    for (uint32_t i = 0; i < t.count; i++)
        if (t.frames[i].line == 1) {
            const char *text = t.frames[i].function;
            const char *second = strstr(text, "|M 2 ");
            ck_assert_ptr_nonnull(second);
            ck_assert_ptr_null(strstr(text, "M 3 "));
            ck_assert_ptr_nonnull(strstr(second, "|A 2 "));
            ck_assert_ptr_null(strstr(second, "|A 1 "));
            asked++;
        }
    ck_assert_uint_eq(asked, 1);
}
END_TEST

START_TEST(pipes_that_fill_from_both_sides_do_not_lock)
{
    enum { STACKS = 300 };
    static uint32_t stacks[STACKS];
    static struct trace t[STACKS];
    const char *why;
    part = answers_while_asked;
    for (uint32_t i = 0; i < STACKS; i++)
        stacks[i] = stack_of(here() + i, 60, 300);
    csan__symbol_resolve(&scratch, stacks, STACKS, t, &why);
    ck_assert_msg(why == NULL, "%s", why);
    for (uint32_t i = 0; i < STACKS; i++)
        ck_assert_uint_gt(t[i].count, 0);
}
END_TEST

START_TEST(a_slow_helper_is_waited_for)
{
    const char *why;
    struct trace t = resolve_with(one_byte_at_a_time, 2, &why);
    ck_assert_ptr_null(why);
    ck_assert_str_eq(t.frames[1].function, "slowly");
    ck_assert_uint_eq(t.frames[1].line, 33);
    ck_assert_uint_eq(t.frames[1].caret, 2);
}
END_TEST

START_TEST(nothing_to_ask_starts_nobody)
{
    const char *why;
    struct trace t;
    resolve(0, &why);
    ck_assert_ptr_null(why);
    csan__symbol_resolve(&scratch, NULL, 0, &t, &why);
    ck_assert_ptr_null(why);
    uintptr_t nowhere = 0x1234;
    t = resolve(csan__stack_keep(&nowhere, 1, true), &why);
    ck_assert_ptr_null(why);
    ck_assert_uint_eq(t.count, 1);
    ck_assert(t.truncated);
    ck_assert_str_eq(t.frames[0].function, "??");
    ck_assert_str_eq(t.frames[0].module, "");
    ck_assert_uint_eq(t.frames[0].offset, 0x1233);
    ck_assert_int_eq(starts, 0);
}
END_TEST

/* ------------------------------------------------------------------ no helper, and bad ones */

static void check_dark(const struct trace *t, uint32_t depth)
{
    ck_assert_uint_eq(t->count, depth);
    for (uint32_t i = 0; i < depth; i++) {
        ck_assert_uint_ne(t->frames[i].offset, 0);
        ck_assert_ptr_nonnull(strstr(t->frames[i].module, "test_symbol"));
        ck_assert_str_eq(t->frames[i].file, "");
        ck_assert(!t->frames[i].inlined);
    }
}

START_TEST(without_a_helper_modules_and_offsets_are_left)
{
    const char *why;
    csan__symbol_use_helper(NULL);
    struct trace t = resolve_with(NULL, 3, &why);
    ck_assert_str_eq(why, "no symbols: the csan command was not found beside libcsan.so; "
                          "set CSAN_PATH or install it");
    check_dark(&t, 3);
}
END_TEST

START_TEST(without_a_helper_exported_functions_have_names)
{
    const char *why;
    csan__symbol_use_helper(NULL);
    struct trace t = resolve(stack_of((uintptr_t)&strtol + 8, 1, 0), &why);
    ck_assert_uint_eq(t.count, 1);
    ck_assert_ptr_nonnull(strstr(t.frames[0].function, "strto"));
    ck_assert(!t.frames[0].own);
}
END_TEST

static int missing(int *to_fd, int *from_fd)
{
    (void)to_fd;
    (void)from_fd;
    return -ENOENT;
}

static int exhausted(int *to_fd, int *from_fd)
{
    (void)to_fd;
    (void)from_fd;
    return -EAGAIN;
}

START_TEST(a_helper_that_does_not_start_is_explained)
{
    static const struct symbol_helper gone = {.start = missing, .end = end},
                                      tired = {.start = exhausted, .end = end};
    const char *why;
    csan__symbol_use_helper(&gone);
    struct trace t = resolve_with(NULL, 1, &why);
    ck_assert_ptr_nonnull(strstr(why, "was not found"));
    check_dark(&t, 1);
    csan__symbol_use_helper(&tired);
    resolve_with(NULL, 1, &why);
    ck_assert_str_eq(why, "no symbols: the csan command could not be started");
}
END_TEST

START_TEST(what_a_dying_helper_has_said_counts)
{
    const char *why;
    struct trace t = resolve_with(dies_after_one, 3, &why);
    ck_assert_ptr_nonnull(strstr(why, "ended before it had answered"));
    ck_assert_uint_eq(t.count, 3);
    ck_assert_str_eq(t.frames[0].function, "first");
    ck_assert_str_eq(t.frames[1].file, "");
    t = resolve_with(talks_nonsense, 3, &why);
    ck_assert_ptr_nonnull(strstr(why, "does not understand"));
    ck_assert_str_eq(t.frames[0].function, "first");
    ck_assert_str_eq(t.frames[2].file, "");
}
END_TEST

START_TEST(a_helper_that_dies_at_once_kills_nobody)
{
    const char *why;
    sigset_t pending;
    enum { STACKS = 200 };
    uint32_t stacks[STACKS];
    struct trace t[STACKS];
    part = dies_at_once;
    for (uint32_t i = 0; i < STACKS; i++)
        stacks[i] = stack_of(here() + i, 60, 300); /* more than a pipe holds */
    csan__symbol_resolve(&scratch, stacks, STACKS, t, &why);
    ck_assert_ptr_nonnull(strstr(why, "ended before it had answered"));
    ck_assert_uint_eq(t[0].count, 60);
    ck_assert_int_eq(sigpending(&pending), 0);
    ck_assert(!sigismember(&pending, SIGPIPE));
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &pending), 0);
    ck_assert(!sigismember(&pending, SIGPIPE));
}
END_TEST

START_TEST(a_blocked_sigpipe_of_the_program_stays_as_it_was)
{
    const char *why;
    sigset_t pipe_only, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &pipe_only, NULL), 0);
    raise(SIGPIPE);
    resolve_with(dies_at_once, 3, &why);
    sigpending(&pending);
    ck_assert(sigismember(&pending, SIGPIPE));
    sigprocmask(SIG_BLOCK, NULL, &pending);
    ck_assert(sigismember(&pending, SIGPIPE));
}
END_TEST

START_TEST(a_silent_helper_is_given_up)
{
    const char *why;
    csan__symbol_use_helper(&impatient);
    struct trace t = resolve_with(says_nothing, 2, &why);
    ck_assert_ptr_nonnull(strstr(why, "no progress"));
    check_dark(&t, 2);
    resolve_with(reads_and_says_nothing, 2, &why);
    ck_assert_ptr_nonnull(strstr(why, "no progress"));
}
END_TEST

START_TEST(a_helper_that_knows_nothing_is_no_fault)
{
    const char *why;
    struct trace t = resolve_with(knows_nothing, 2, &why);
    ck_assert_str_eq(why, "no source lines for test_symbol: build it with -g, or install its debug "
                          "symbols");
    check_dark(&t, 2);
}
END_TEST

START_TEST(names_without_lines_are_kept)
{
    const char *why;
    struct trace t = resolve_with(knows_the_symbol_table_only, 2, &why);
    ck_assert_str_eq(t.frames[1].function, "from_symtab");
    ck_assert_str_eq(t.frames[1].file, "");
    ck_assert_uint_eq(t.frames[1].line, 0);
}
END_TEST

START_TEST(no_memory_gives_empty_traces_and_a_reason)
{
    const char *why;
    for (unsigned nth = 1; nth < 6; nth++) {
        struct arena none = {.chunks = NULL};
        uint32_t stack = stack_of(here(), 3, 4);
        struct trace t;
        part = answers_well;
        csan__arena_fail_nth(nth);
        csan__symbol_resolve(&none, &stack, 1, &t, &why);
        csan__arena_fail_nth(0);
        ck_assert(nth > 1 || (t.count == 0 && why != NULL));
        csan__arena_scratch_free(&none);
    }
}
END_TEST

/* ------------------------------------------------------------------ the reader of answers */

static int read_answers(const char *text, size_t step, struct answers *a, struct question *q,
                        size_t n)
{
    static const struct module module = {.path = "/w/mod", .bias = 0x1000};
    size_t length = strlen(text);
    for (size_t i = 0; i < n; i++)
        q[i] = (struct question){.pc = 0x2000 + i, .module = &module, .ask = i % 2 == 0};
    csan__answers_begin(a, &scratch, q, n);
    int error = 0;
    for (size_t at = 0; at < length && !error; at += step)
        error = csan__answers_read(a, text + at, step < length - at ? step : length - at);
    return error;
}

#define GOOD "F 0 5 3 f\t/w/a.c\t/w/mod\t\t  y = f(x);  \r\n;\n"

START_TEST(answers_are_read_however_they_are_cut)
{
    struct answers a;
    struct question q[4];
    for (size_t step = 1; step < 60; step++) {
        ck_assert_int_eq(read_answers(GOOD GOOD, step, &a, q, 4), 0);
        ck_assert(csan__answers_complete(&a));
        ck_assert(q[0].answered && !q[1].answered && q[2].answered && !q[3].answered);
        ck_assert_str_eq(q[2].frames[0].source, "y = f(x);");
        ck_assert_uint_eq(q[2].frames[0].offset, 0x1002);
        ck_assert_ptr_eq(q[0].frames[0].file, q[2].frames[0].file);
    }
}
END_TEST

START_TEST(nonsense_is_refused)
{
    static const char *const cases[] = {"x\n",
                                        "\n",
                                        "F\n",
                                        "F \n",
                                        "; \n",
                                        "F 2 1 1 f\ta\tb\tc\n",
                                        "F 0 -1 1 f\ta\tb\tc\n",
                                        "F 0 1 f\ta\tb\tc\n",
                                        "F 0 1 1 f\n",
                                        "F 0 1 1 f\ta\n",
                                        "F 0 1 1 f\ta\tb\n",
                                        "F 0 99999999999 1 f\ta\tb\tc\n",
                                        "F 0 4294967296 1 f\ta\tb\tc\n",
                                        "F 0 1 1\n",
                                        "F  0 1 1 f\ta\tb\tc\n",
                                        GOOD GOOD ";\n",
                                        GOOD GOOD "F"
                                                  " 0 1 1 f\ta\tb\tc\n"};
    struct answers a;
    struct question q[4];
    for (size_t i = 0; i < CSAN_COUNT(cases); i++)
        for (size_t step = 1; step < 100; step += 7)
            ck_assert_msg(read_answers(cases[i], step, &a, q, 4) == -EPROTO, "%s", cases[i]);
}
END_TEST

START_TEST(a_line_without_end_is_refused)
{
    struct answers a;
    struct question q[1];
    static char chunk[65536];
    int error = 0, n = 0;
    memset(chunk, 'F', sizeof chunk);
    read_answers("", 1, &a, q, 1);
    for (; !error && n < 100; n++)
        error = csan__answers_read(&a, chunk, sizeof chunk);
    ck_assert_int_eq(error, -EPROTO);
    ck_assert_int_le(n, 17);
}
END_TEST

START_TEST(a_column_beyond_the_line_has_no_caret)
{
    struct answers a;
    struct question q[1];
    ck_assert_int_eq(read_answers("F 0 5 300 f\ta\tb\t  x();\n;\n", 99, &a, q, 1), 0);
    ck_assert_uint_eq(q[0].frames[0].caret, 0);
    ck_assert_int_eq(read_answers("F 0 5 2 f\ta\tb\t  x();\n;\n", 99, &a, q, 1), 0);
    ck_assert_uint_eq(q[0].frames[0].caret, 0);
    ck_assert_int_eq(read_answers("F 0 5 3 f\ta\tb\t  x();\n;\n", 99, &a, q, 1), 0);
    ck_assert_uint_eq(q[0].frames[0].caret, 1);
    ck_assert_int_eq(read_answers("F 0 5 3 f\ta\tb\tx();\n;\n", 99, &a, q, 1), 0);
    ck_assert_uint_eq(q[0].frames[0].caret, 0);
}
END_TEST

START_TEST(a_very_long_chain_of_inlined_frames_keeps_its_outermost)
{
    struct answers a;
    struct question q[1];
    static char text[20000];
    size_t n = 0;
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "F 1 %d 1 f%d\ta\tb\t\n", i, i);
    strcpy(text + n, ";\n");
    ck_assert_int_eq(read_answers(text, sizeof text, &a, q, 1), 0);
    ck_assert_uint_eq(q[0].count, ASK_INLINED_MAX);
    ck_assert_str_eq(q[0].frames[ASK_INLINED_MAX - 1].function, "f199");
    ck_assert(!q[0].frames[ASK_INLINED_MAX - 1].inlined);
}
END_TEST

/* ------------------------------------------------------------------ whose code */

static struct frame frame(const char *function, const char *file, const char *module)
{
    return (struct frame){.function = function, .file = file, .module = module, .source = ""};
}

START_TEST(own_code_is_told_from_libraries)
{
    static const struct {
        const char *function, *file, *module;
        bool own;
        const char *name;
    } cases[] = {
        {"f", "/w/a.c", "/w/app", true, "app"},
        {"f", "", "/w/app", true, "app"},
        {"f", "/w/a.c", "/w/lib/libown.so", true, "libown"},
        {"f", "/usr/local/include/own.h", "/w/app", true, "app"},
        {"f", "/usr/local/src/a.c", "/usr/local/lib/libown.so.1", true, "libown"},
        {"f", "", "/usr/bin/python3.11", true, "python3.11"},
        {"malloc", "", "/lib/x86_64-linux-gnu/libc.so.6", false, "libc"},
        {"malloc", "./malloc/malloc.c", "/opt/glibc/lib/libc-2.31.so", false, "libc-2.31"},
        {"f", "", "/opt/x/libcurl.so.4", true, "libcurl"},
        {"f", "", "/usr/lib/x86_64-linux-gnu/libcurl.so.4", false, "libcurl"},
        {"_dl_open", "", "/lib64/ld-linux-x86-64.so.2", false, "ld.so"},
        {"_dl_open", "", "/nix/ld-musl-x86_64.so.1", false, "ld.so"},
        {"std::f()", "", "/opt/gcc/lib64/libstdc++.so.6", false, "libstdc++"},
        {"sin", "", "/opt/lib/libm.so.6", false, "libm"},
        {"_Unwind_Resume", "", "/opt/lib/libgcc_s.so.1", false, "libgcc_s"},
        {"std::f()", "/usr/include/c++/12/bits/stl_vector.h", "/w/app", false, "libstdc++"},
        {"std::f()", "/opt/gcc-13/include/c++/13/vector", "/w/app", false, "libstdc++"},
        {"std::f()", "/usr/lib/llvm-14/include/c++/v1/vector", "/w/app", false, "libc++"},
        {"_mm_pause", "/usr/lib/gcc/x86_64-linux-gnu/12/include/xmmintrin.h", "/w/app", false,
         "system headers"},
        {"f", "/usr/include/glib.h", "/w/app", false, "system headers"},
        {"clock_gettime", "", "[vdso]", false, "[vdso]"},
        {"_start", "", "/w/app", false, "libc"},
        {"_start", "../sysdeps/x86_64/start.S", "/w/app", false, "libc"},
        {"__libc_start_call_main", "", "/w/static", false, "libc"},
        {"start_thread", "/w/src/threads.c", "/w/app", true, "app"},
        {"srunner_run", "", "/w/test", false, "libcheck"},
        {"tcase_run_tfun_fork", "check_run.c", "/w/test", false, "libcheck"},
        {"srunner_run_tagged.part.0", "/x/src/check_run.c", "/w/test", false, "libcheck"},
        {"srunner_run", "/w/tests/run.c", "/w/test", true, "test"},
        {"srunner_running_late", "", "/w/test", true, "test"},
        {"money_suite", "/w/check_money.c", "/w/test", true, "test"},
        {"f", "", "/opt/lib/libcheck.so.0", false, "libcheck"},
        {"jit", "", "", true, "unknown code"},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++) {
        char room[64] = "";
        struct text name = TEXT(room);
        struct frame f = frame(cases[i].function, cases[i].file, cases[i].module);
        ck_assert_msg(csan__origin_is_own(&f) == cases[i].own, "%s in %s of %s", cases[i].function,
                      cases[i].file, cases[i].module);
        csan__origin_name(&f, &name);
        ck_assert_str_eq(room, cases[i].name);
    }
}
END_TEST

START_TEST(csans_own_frames_are_known_wherever_they_are)
{
    struct frame in_static = frame("csan__session_main", "", "/w/app"),
                 in_header = frame("csan_share", "/usr/local/include/csan_share.h", "/w/app"),
                 own = frame("csanitize", "/w/a.c", "/w/app");
    ck_assert(csan__origin_is_csan(&in_static));
    ck_assert(csan__origin_is_csan(&in_header));
    ck_assert(!csan__origin_is_csan(&own));
}
END_TEST

static const char *script;

static void reads_a_script(FILE *in, FILE *out)
{
    read_request(in);
    fputs(script, out);
    fflush(out);
}

static struct trace scripted(const char *text, uint32_t depth)
{
    const char *why;
    script = text;
    struct trace t = resolve_with(reads_a_script, depth, &why);
    ck_assert_msg(why == NULL || strstr(why, "no source lines"), "%s", why);
    return t;
}

START_TEST(the_place_is_the_innermost_own_frame_with_a_line)
{
    struct trace t = scripted("F 0 9 1 std::v()\t/usr/include/c++/12/vector\tm\t\n;\n"
                              "F 0 0 0 vendored\t\tm\t\n;\n"
                              "F 0 3 1 mine\t/w/a.cc\tm\t\n;\n",
                              3);
    ck_assert_uint_eq(t.place, 2);
    t = scripted("F 0 9 1 std::v()\t/usr/include/c++/12/vector\tm\t\n;\n"
                 "F 0 0 0 vendored\t\tm\t\n;\n"
                 "F 0 0 0 main\t\tm\t\n;\n",
                 3);
    ck_assert_uint_eq(t.place, 1);
    t = scripted("F 0 0 0 _start\t\tm\t\n;\n"
                 "F 0 9 1 std::v()\t/usr/include/c++/12/vector\tm\t\n;\n",
                 2);
    ck_assert_uint_eq(t.place, 1);
    t = scripted("F 0 0 0 start_thread\t\tm\t\n;\nF 0 0 0 _start\t\tm\t\n;\n", 2);
    ck_assert_uint_eq(t.place, 0);
}
END_TEST

START_TEST(csans_own_frames_are_left_out)
{
    struct trace t = scripted("F 0 9 1 csan__hook_malloc\t/w/h.c\tm\t\n;\n"
                              "F 1 3 1 csan_share\t/usr/include/csan_share.h\tm\t\n"
                              "F 0 3 1 mine\t/w/a.cc\tm\t\n;\n",
                              2);
    ck_assert_uint_eq(t.count, 1);
    ck_assert_str_eq(t.frames[0].function, "mine");
    ck_assert_uint_eq(t.place, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("symbol");
    TCase *c = tcase_create("symbol");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, frames_come_inlined_first_with_their_places);
    tcase_add_test(c, an_address_is_asked_once_for_all_stacks);
    tcase_add_test(c, the_request_is_as_the_protocol_has_it);
    tcase_add_test(c, places_are_asked_by_variable_and_offsets_along_the_chain);
    tcase_add_test(c, an_offset_before_the_pointer_s_target_is_asked_as_it_is);
    tcase_add_test(c, without_a_helper_places_have_module_and_offset);
    tcase_add_test(c, no_memory_gives_places_without_names);
    tcase_add_test(c, modules_are_named_once_each);
    tcase_add_test(c, pipes_that_fill_from_both_sides_do_not_lock);
    tcase_add_test(c, a_slow_helper_is_waited_for);
    tcase_add_test(c, nothing_to_ask_starts_nobody);
    tcase_add_test(c, without_a_helper_modules_and_offsets_are_left);
    tcase_add_test(c, without_a_helper_exported_functions_have_names);
    tcase_add_test(c, a_helper_that_does_not_start_is_explained);
    tcase_add_test(c, what_a_dying_helper_has_said_counts);
    tcase_add_test(c, a_helper_that_dies_at_once_kills_nobody);
    tcase_add_test(c, a_blocked_sigpipe_of_the_program_stays_as_it_was);
    tcase_add_test(c, a_silent_helper_is_given_up);
    tcase_add_test(c, a_helper_that_knows_nothing_is_no_fault);
    tcase_add_test(c, names_without_lines_are_kept);
    tcase_add_test(c, no_memory_gives_empty_traces_and_a_reason);
    tcase_add_test(c, answers_are_read_however_they_are_cut);
    tcase_add_test(c, nonsense_is_refused);
    tcase_add_test(c, a_line_without_end_is_refused);
    tcase_add_test(c, a_column_beyond_the_line_has_no_caret);
    tcase_add_test(c, a_very_long_chain_of_inlined_frames_keeps_its_outermost);
    tcase_add_test(c, own_code_is_told_from_libraries);
    tcase_add_test(c, csans_own_frames_are_known_wherever_they_are);
    tcase_add_test(c, the_place_is_the_innermost_own_frame_with_a_line);
    tcase_add_test(c, csans_own_frames_are_left_out);
    suite_add_tcase(s, c);
    return suite_run(s);
}
