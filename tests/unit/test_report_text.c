/* The terminal's format: each kind of finding against tests/golden/KIND.txt and KIND.color.txt, and
 * what golden files cannot show. CSAN_GOLDEN_UPDATE=1 writes the files anew: read them before you
 * commit them. */
#include "base/options.h"
#include "record/finding.h"
#include "report/advice.h"
#include "report/page.h"
#include "report/report.h"
#include "tests/unit/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CWD "/home/ann/shop"
#define EXE CWD "/tests/test_cache"
#define LIBC "/lib/x86_64-linux-gnu/libc.so.6"

static struct arena scratch;

static void set_up(void)
{
    static char *environment[] = {"CSAN_MAX_GROWTH=1KiB", "CSAN_MAX_WAIT=150ms", "CSAN_MAX_HOLD=1s",
                                  NULL};
    struct text why = TEXT((char[256]){""});
    ck_assert_int_eq(csan__options_read(environment, NULL, &why), 0);
}

static void tear_down(void)
{
    csan__arena_scratch_free(&scratch);
}

/* ------------------------------------------------------------------ findings by hand */

static struct frame own(const char *function, const char *file, uint32_t line, uint32_t column)
{
    return (struct frame){.function = function,
                          .file = file,
                          .module = EXE,
                          .source = "",
                          .line = line,
                          .column = column,
                          .offset = 0x1000 + line,
                          .own = true};
}

static struct frame inlined(struct frame f)
{
    f.inlined = true;
    return f;
}

static struct frame foreign(const char *function, const char *module, uintptr_t offset)
{
    return (struct frame){
        .function = function, .file = "", .module = module, .source = "", .offset = offset};
}

static struct frame with_source(struct frame f, const char *source, uint32_t caret)
{
    f.source = source;
    f.caret = caret;
    return f;
}

#define TRACE(...)                                                                                 \
    trace_of((struct frame[]){__VA_ARGS__},                                                        \
             sizeof((struct frame[]){__VA_ARGS__}) / sizeof(struct frame))

static struct trace trace_of(const struct frame *frames, size_t n)
{
    struct trace t = {.count = (uint32_t)n};
    t.frames = csan__arena_scratch_alloc(&scratch, n * sizeof *frames);
    memcpy(t.frames, frames, n * sizeof *frames);
    while (t.place < n && !t.frames[t.place].own)
        t.place++;
    t.place = t.place < n ? t.place : 0;
    return t;
}

static struct frame main_frame(void)
{
    return own("main", CWD "/tests/test_cache.c", 131, 5);
}

#define BELOW_A_TEST                                                                               \
    foreign("tcase_run_tfun_nofork", EXE, 0x5011), foreign("srunner_run_tcase", EXE, 0x5120),      \
        foreign("srunner_iterate_suites", EXE, 0x5230), foreign("srunner_run", EXE, 0x5340),       \
        main_frame(), foreign("__libc_start_call_main", LIBC, 0x27249),                            \
        foreign("__libc_start_main", LIBC, 0x27304), foreign("_start", EXE, 0x1120)

#define TRACE_NONE ((struct trace){.count = 0})
#define BELOW_A_THREAD foreign("start_thread", LIBC, 0x88fd3), foreign("clone3", LIBC, 0x10960b)

static struct finding *finding(enum finding_kind kind, const char *what, const char *option,
                               uint64_t amount)
{
    struct finding *f = csan__arena_scratch_alloc(&scratch, sizeof *f);
    *f = (struct finding){
        .kind = kind, .what = what, .option = option, .amount = amount, .count = 1};
    return f;
}

static void add_party(struct finding *f, struct shown *s, const char *label, struct trace t)
{
    s->parties[f->nparties] = t;
    f->parties[f->nparties++] = (struct finding_party){.label = label};
}

static struct shown shown(struct finding *f, struct trace t)
{
    return (struct shown){.finding = f, .trace = t, .fingerprint = 0x1a2b3c4d};
}

static struct shown leak(void)
{
    struct finding *f =
        finding(FINDING_LEAK, "14 KiB in 32 blocks never freed", "max_leak", 14 << 10);
    f->count = 32;
    f->behind_bytes = 12 << 10;
    f->behind_count = 30;
    return shown(f, TRACE(with_source(own("row_new", CWD "/src/cache.c", 41, 21),
                                      "struct row *r = malloc(64);", 17),
                          inlined(own("cache_get", CWD "/src/cache.c", 88, 9)),
                          own("reconnect", CWD "/tests/test_cache.c", 23, 5), BELOW_A_TEST));
}

static struct shown growth(void)
{
    struct finding *f = finding(
        FINDING_GROWTH, "3.1 KiB in 2 blocks more each round, over 18 rounds, still reachable",
        "max_growth", 3174);
    f->note = "after round 1: 3.1 KiB in 2 blocks; 9: 28 KiB in 18 blocks; 18: 56 KiB in 36 blocks "
              "(of request)";
    return shown(f, TRACE(with_source(own("session_open", CWD "/src/session.c", 57, 26),
                                      "struct session *s = calloc(1, sizeof *s);", 21),
                          own("handle_request", CWD "/src/server.c", 204, 25),
                          own("request_loop", CWD "/src/server.c", 251, 9), main_frame()));
}

static struct shown bad_free(void)
{
    struct finding *f = finding(FINDING_BAD_FREE, "double free of a block of 48 B", NULL, 1);
    struct shown s = shown(
        f, TRACE(with_source(own("query_close", CWD "/src/db.c", 112, 5), "free(q->text);", 1),
                 own("handle_request", CWD "/src/server.c", 219, 5), main_frame()));
    add_party(f, &s, "freed first",
              TRACE(own("query_cancel", CWD "/src/db.c", 98, 5),
                    own("on_timeout", CWD "/src/server.c", 166, 9)));
    add_party(f, &s, "allocated",
              TRACE(foreign("strdup", LIBC, 0x9b2aa), own("query_open", CWD "/src/db.c", 71, 15),
                    own("handle_request", CWD "/src/server.c", 212, 23)));
    return s;
}

static struct shown thread(void)
{
    struct finding *f = finding(FINDING_THREAD, "2 threads never joined nor detached: 2 still run",
                                "max_threads", 2);
    f->count = 2;
    struct shown s =
        shown(f, TRACE(with_source(own("pool_start", CWD "/src/workers.c", 33, 9),
                                   "if (pthread_create(&p->workers[i], NULL, work, p) != 0)", 5),
                       own("server_start", CWD "/src/server.c", 301, 5),
                       own("serves_one_request", CWD "/tests/test_server.c", 12, 5), BELOW_A_TEST));
    add_party(f, &s, "2 threads wait in pthread_cond_wait",
              TRACE(foreign("__futex_abstimed_wait_common", LIBC, 0x85d36),
                    foreign("pthread_cond_wait", LIBC, 0x88389),
                    own("next_job", CWD "/src/workers.c", 61, 9),
                    own("work", CWD "/src/workers.c", 72, 27), BELOW_A_THREAD));
    return s;
}

static struct shown blocked(void)
{
    struct finding *f =
        finding(FINDING_BLOCKED, "48 threads blocked at once in sem_wait", "max_blocked", 48);
    f->count = 48;
    f->note = "the longest for 3.1 s, all for one semaphore";
    struct shown s = shown(
        f, TRACE(foreign("sem_wait", LIBC, 0x8f1d2),
                 with_source(own("pool_get", CWD "/src/pool.c", 29, 5), "sem_wait(&p->free);", 1),
                 own("run_query", CWD "/src/db.c", 140, 22),
                 own("handle_request", CWD "/src/server.c", 212, 9),
                 own("work", CWD "/src/workers.c", 74, 9), BELOW_A_THREAD));
    add_party(f, &s, "sem_post came 212 times, last from thread 3084, 3.1 s ago",
              TRACE(own("pool_put", CWD "/src/pool.c", 44, 5),
                    own("run_query", CWD "/src/db.c", 159, 5)));
    add_party(
        f, &s, "1 thread waits in poll",
        TRACE(foreign("poll", LIBC, 0xf1d2), own("export_report", CWD "/src/report.c", 77, 22)));
    return s;
}

static struct shown deadlock(void)
{
    struct finding *f = finding(
        FINDING_DEADLOCK, "2 threads wait for each other: mutex `cache.lock`, mutex `index_lock`",
        "deadlock", 2);
    struct shown s =
        shown(f, TRACE(with_source(own("cache_put", CWD "/src/cache.c", 120, 5),
                                   "pthread_mutex_lock(&index_lock);", 1),
                       own("handle_request", CWD "/src/server.c", 230, 5), BELOW_A_THREAD));
    add_party(f, &s, "thread 2802, here, took mutex `cache.lock`",
              TRACE(own("cache_put", CWD "/src/cache.c", 117, 5),
                    own("handle_request", CWD "/src/server.c", 230, 5)));
    add_party(
        f, &s, "thread 2801 took mutex `index_lock`",
        TRACE(own("reindex", CWD "/src/index.c", 51, 5), own("work", CWD "/src/workers.c", 74, 9)));
    add_party(
        f, &s, "thread 2801 waits for mutex `cache.lock`",
        TRACE(own("reindex", CWD "/src/index.c", 58, 9), own("work", CWD "/src/workers.c", 74, 9)));
    return s;
}

static struct shown lock_order(void)
{
    struct finding *f = finding(
        FINDING_LOCK_ORDER, "mutex `index_lock` and mutex `cache.lock` are taken in both orders",
        "lock_order", 1);
    struct shown s = shown(f, TRACE(with_source(own("reindex", CWD "/src/index.c", 58, 9),
                                                "pthread_mutex_lock(&cache.lock);", 1),
                                    own("work", CWD "/src/workers.c", 74, 9), BELOW_A_THREAD));
    add_party(f, &s, "holding mutex `index_lock`, taken",
              TRACE(own("reindex", CWD "/src/index.c", 51, 5)));
    add_party(f, &s, "thread 2802 takes `index_lock` after `cache.lock`",
              TRACE(own("cache_put", CWD "/src/cache.c", 120, 5),
                    own("handle_request", CWD "/src/server.c", 230, 5)));
    add_party(f, &s, "and held mutex `cache.lock`, taken",
              TRACE(own("cache_put", CWD "/src/cache.c", 117, 5)));
    return s;
}

static struct shown lock_misuse(void)
{
    struct finding *f =
        finding(FINDING_LOCK_MISUSE,
                "unlock of mutex `pool.lock` by a thread that does not hold it", "lock_misuse", 1);
    struct shown s =
        shown(f, TRACE(with_source(own("pool_put", CWD "/src/pool.c", 47, 5),
                                   "pthread_mutex_unlock(&pool.lock);", 1),
                       own("on_timeout", CWD "/src/server.c", 168, 9), BELOW_A_THREAD));
    add_party(f, &s, "held by thread 3083, which took it",
              TRACE(own("pool_get", CWD "/src/pool.c", 27, 5)));
    return s;
}

static struct shown lock_wait(void)
{
    struct finding *f =
        finding(FINDING_WAIT, "waited 184 ms for mutex `rows_lock`", "max_wait", 184000000);
    f->count = 31;
    f->note = "31 waits: p50 2.1 ms, p90 90 ms, p99 184 ms, longest 184 ms, together 2.4 s";
    struct shown s =
        shown(f, TRACE(with_source(own("row_find", CWD "/src/rows.c", 19, 5),
                                   "pthread_mutex_lock(&rows_lock);", 1),
                       own("render", CWD "/src/report.c", 51, 23),
                       own("handle_request", CWD "/src/server.c", 233, 5), BELOW_A_THREAD));
    add_party(f, &s, "held by thread 3161, which took it",
              TRACE(own("rows_reload", CWD "/src/rows.c", 77, 5),
                    own("work", CWD "/src/workers.c", 74, 9)));
    add_party(f, &s, "of 1,200 acquisitions of this lock 31 waited (2.5 %), mean 77 ms",
              TRACE_NONE);
    add_party(f, &s, "8 threads could run on 2 cores then", TRACE_NONE);
    return s;
}

static struct shown hold(void)
{
    struct finding *f =
        finding(FINDING_HOLD, "mutex `rows_lock` held for 2.4 s", "max_hold", 2400000000);
    struct shown s = shown(f, TRACE(with_source(own("rows_reload", CWD "/src/rows.c", 77, 5),
                                                "pthread_mutex_lock(&rows_lock);", 1),
                                    own("work", CWD "/src/workers.c", 74, 9), BELOW_A_THREAD));
    add_party(f, &s, "given back", TRACE(own("rows_reload", CWD "/src/rows.c", 96, 5)));
    add_party(f, &s, "8 threads could run on 2 cores then", TRACE_NONE);
    return s;
}

static struct shown escape(void)
{
    struct finding *f =
        finding(FINDING_ESCAPE,
                "1 pointer into a buffer of cache \"rows\" that was evicted is still stored",
                "max_escapes", 1);
    f->note = "buffer of 128 B, offset 24";
    struct shown s =
        shown(f, TRACE(with_source(own("render", CWD "/src/report.c", 51, 23),
                                   "const struct row *row = csan_share(cache_get(key));", 25),
                       own("handle_request", CWD "/src/server.c", 233, 5), main_frame()));
    add_party(f, &s, "evicted",
              TRACE(own("cache_trim", CWD "/src/cache.c", 140, 9),
                    own("cache_put", CWD "/src/cache.c", 125, 9)));
    add_party(f, &s, "stored in global last_row+16 (src/report.c:19)", TRACE_NONE);
    return s;
}

static struct shown unreleased(void)
{
    struct finding *f = finding(FINDING_UNRELEASED,
                                "3 shares of cache \"rows\" were never released", "max_escapes", 3);
    f->count = 3;
    return shown(f, TRACE(with_source(own("render", CWD "/src/report.c", 51, 23),
                                      "const struct row *row = csan_share(cache_get(key));", 25),
                          own("handle_request", CWD "/src/server.c", 233, 5), main_frame()));
}

static struct shown mutation(void)
{
    struct finding *f = finding(
        FINDING_MUTATION, "a buffer of 128 B of cache \"rows\" was written to through a share",
        "max_escapes", 1);
    f->note = "offset 24: 07 → 08";
    struct shown s =
        shown(f, TRACE(with_source(own("append_row", CWD "/src/report.c", 63, 14),
                                   "rows->items[rows->n++] = row;", 10),
                       own("render", CWD "/src/report.c", 55, 9),
                       own("handle_request", CWD "/src/server.c", 233, 5), main_frame()));
    add_party(f, &s, "shared",
              TRACE(own("cache_get", CWD "/src/cache.c", 91, 12),
                    own("render", CWD "/src/report.c", 51, 23)));
    return s;
}

static struct shown pool(void)
{
    struct finding *f = finding(FINDING_POOL, "a buffer of pool \"response\" was given back twice",
                                "max_escapes", 1);
    struct shown s =
        shown(f, TRACE(with_source(own("response_end", CWD "/src/response.c", 88, 5),
                                   "buffer_put(r->body);", 1),
                       own("handle_request", CWD "/src/server.c", 240, 5), main_frame()));
    add_party(f, &s, "given back first",
              TRACE(own("response_send", CWD "/src/response.c", 71, 5),
                    own("handle_request", CWD "/src/server.c", 238, 5)));
    return s;
}

static struct shown (*const makers[])(void) = {
    [FINDING_LEAK] = leak,
    [FINDING_GROWTH] = growth,
    [FINDING_BAD_FREE] = bad_free,
    [FINDING_THREAD] = thread,
    [FINDING_BLOCKED] = blocked,
    [FINDING_DEADLOCK] = deadlock,
    [FINDING_LOCK_ORDER] = lock_order,
    [FINDING_LOCK_MISUSE] = lock_misuse,
    [FINDING_WAIT] = lock_wait,
    [FINDING_HOLD] = hold,
    [FINDING_ESCAPE] = escape,
    [FINDING_UNRELEASED] = unreleased,
    [FINDING_MUTATION] = mutation,
    [FINDING_POOL] = pool,
};
_Static_assert(CSAN_COUNT(makers) == FINDING_KINDS, "every kind has its golden file");

/* ------------------------------------------------------------------ reports as text */

static struct report report_of(struct shown *s, uint32_t n)
{
    return (struct report){
        .shown = s, .count = n, .program = "test_cache", .test = "reconnect", .scratch = &scratch};
}

static const char *written(const struct report *r, bool color)
{
    static char text[1 << 20];
    struct text_style style = {.color = color, .cwd = CWD};
    int fd = memfd_create("report", MFD_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(csan__report_text(r, &style, fd), 0);
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    ck_assert_int_ge(n, 0);
    text[n] = '\0';
    close(fd);
    return text;
}

static const char *one(struct shown s)
{
    struct report r = report_of(&s, 1);
    return written(&r, false);
}

static const char *brief(struct shown s, size_t cap)
{
    static char text[1 << 16];
    struct report r = report_of(&s, 1);
    struct text t = {.buf = text, .cap = cap};
    csan__report_brief(&r, &s, CWD, &t);
    return text;
}

static void compare_with_golden(const char *name, const char *text)
{
    char path[256], golden[1 << 16];
    snprintf(path, sizeof path, "tests/golden/%s.txt", name);
    if (getenv("CSAN_GOLDEN_UPDATE")) {
        FILE *out = fopen(path, "w");
        ck_assert_ptr_nonnull(out);
        fputs(text, out);
        fclose(out);
        return;
    }
    FILE *in = fopen(path, "r");
    ck_assert_msg(in != NULL, "%s is missing (run from the top folder)", path);
    size_t n = fread(golden, 1, sizeof golden - 1, in);
    fclose(in);
    golden[n] = '\0';
    ck_assert_msg(strcmp(golden, text) == 0, "%s differs; now it is:\n%s", path, text);
}

static void check_shape(const char *text, uint32_t lines_max)
{
    char copy[1 << 16];
    uint32_t lines = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
        if (lines++ > 0)
            ck_assert_msg(csan__page_columns(line) <= PAGE_COLUMNS, "too wide: %s", line);
        ck_assert_msg(line[strlen(line) - 1] != ' ', "blank at the end: %s|", line);
    }
    ck_assert_msg(lines <= lines_max, "%u lines:\n%s", lines, text);
}

START_TEST(each_kind_reads_as_its_golden_file_does)
{
    char name[64];
    struct shown s = makers[_i]();
    struct report r = report_of(&s, 1);
    const char *kind = csan__finding_kind_name((enum finding_kind)_i);
    check_shape(written(&r, false), 15);
    compare_with_golden(kind, written(&r, false));
    snprintf(name, sizeof name, "%s.color", kind);
    compare_with_golden(name, written(&r, true));
    snprintf(name, sizeof name, "%s.brief", kind);
    compare_with_golden(name, brief(s, 3072));
}
END_TEST

START_TEST(every_try_sentence_fits_its_line)
{
    for (unsigned k = 0; k < FINDING_KINDS; k++)
        ck_assert_uint_le(strlen(csan__advice_try(&(struct finding){.kind = (enum finding_kind)k})),
                          100 - 9);
}
END_TEST

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* ------------------------------------------------------------------ places */

START_TEST(first_line_has_the_form_that_compilers_use)
{
    ck_assert(begins_with(one(leak()), "src/cache.c:41:21: error: csan[leak]: 14 KiB in 32 blocks "
                                       "never freed > max_leak=0 (test reconnect)\n"));
}
END_TEST

START_TEST(place_without_a_file_is_module_and_offset)
{
    struct shown s = shown(finding(FINDING_LEAK, "8 B in 1 block never freed", "max_leak", 8),
                           TRACE(foreign("??", "/opt/x/libfoo.so", 0x1234)));
    s.trace.frames[0].own = true;
    ck_assert(begins_with(one(s), "libfoo.so+0x1234:0:1: error: csan[leak]: "));
    ck_assert_ptr_nonnull(strstr(one(s), "    at libfoo.so+0x1234\n"));
    ck_assert_ptr_nonnull(strstr(one(s), "a suppression line  leak:libfoo.so "));
}
END_TEST

START_TEST(no_stack_at_all_names_the_program)
{
    struct shown s = shown(finding(FINDING_LEAK, "8 B in 1 block never freed", "max_leak", 8),
                           (struct trace){.frames = NULL});
    ck_assert(begins_with(one(s), "test_cache:0:1: error: csan[leak]: "));
    ck_assert_ptr_nonnull(strstr(one(s), "accept: CSAN_MAX_LEAK=8B   [fingerprint 1a2b3c4d]\n"));
}
END_TEST

START_TEST(column_is_1_where_none_is_known)
{
    struct shown s = leak();
    s.trace.frames[0].column = 0;
    s.trace.frames[0].caret = 0;
    ck_assert(begins_with(one(s), "src/cache.c:41:1: error:"));
    ck_assert_ptr_null(strstr(one(s), "^"));
}
END_TEST

START_TEST(place_is_never_shortened)
{
    char path[3000];
    struct shown s = leak();
    memset(path, 'd', sizeof path);
    path[0] = '/';
    strcpy(path + sizeof path - 6, "/x.cc");
    s.trace.frames[0].file = path;
    ck_assert(begins_with(one(s), path));
    check_shape(one(s), 14);
}
END_TEST

START_TEST(files_below_the_working_directory_are_relative)
{
    ck_assert_str_eq(csan__report_relative("/a/b/c.c", "/a"), "b/c.c");
    ck_assert_str_eq(csan__report_relative("/a/b/c.c", "/a/"), "b/c.c");
    ck_assert_str_eq(csan__report_relative("/ab/c.c", "/a"), "/ab/c.c");
    ck_assert_str_eq(csan__report_relative("/a/b.c", "/"), "a/b.c");
    ck_assert_str_eq(csan__report_relative("/a/b.c", "/a/b.c"), "/a/b.c");
    ck_assert_str_eq(csan__report_relative("c.c", "/a"), "c.c");
    ck_assert_str_eq(csan__report_relative("/a/c.c", NULL), "/a/c.c");
    ck_assert_str_eq(csan__report_relative("/a/c.c", ""), "/a/c.c");
}
END_TEST

START_TEST(place_for_a_framework_is_that_of_the_first_line)
{
    char room[256] = "";
    struct text t = TEXT(room);
    uint32_t line, column;
    struct shown s = leak();
    struct report r = report_of(&s, 1);
    ck_assert(csan__report_place(&r, &s, CWD, &t, &line, &column));
    ck_assert_str_eq(room, "src/cache.c");
    ck_assert_uint_eq(line, 41);
    ck_assert_uint_eq(column, 21);
    s.trace.frames[0].column = 0;
    t.len = 0;
    csan__report_place(&r, &s, CWD, &t, &line, &column);
    ck_assert_uint_eq(column, 1);
    s.trace = TRACE(foreign("f", "/x/libfoo.so", 0x10));
    t.len = 0;
    ck_assert(!csan__report_place(&r, &s, CWD, &t, &line, &column));
    ck_assert_str_eq(room, "libfoo.so+0x10");
}
END_TEST

/* ------------------------------------------------------------------ stacks */

#define LONG_NAME                                                                                  \
    "shop::cache::Table<std::basic_string<char, std::char_traits<char>, std::allocator<char>>, "   \
    "shop::Row>::find_or_insert(std::basic_string<char> const&, shop::Row const&)"

START_TEST(long_cxx_names_lose_their_middle)
{
    struct shown s = leak();
    s.trace = TRACE(own(LONG_NAME, CWD "/src/cache/detail/table_implementation.hpp", 41, 21),
                    main_frame());
    compare_with_golden("long_names", one(s));
    check_shape(one(s), 12);
}
END_TEST

static struct named_place named_place(const struct place *place, const char *name, const char *type)
{
    return (struct named_place){.place = place, .name = name, .file = "", .pointee = type};
}

/* A long chain with everything that a line can have. */
static struct shown held(uint64_t kept)
{
    static const struct place places[] = {
        {.kind = PLACE_GLOBAL, .at = 8, .value = 16},
        {.kind = PLACE_HEAP, .follows = true, .bytes = 65536, .offset = 136, .value = 16},
        {.kind = PLACE_HEAP, .follows = true, .bytes = 64, .offset = 8, .value = 16},
        {.kind = PLACE_HEAP, .follows = true, .bytes = 64, .offset = 8, .value = 16, .skipped = 18},
        {.kind = PLACE_HEAP, .follows = true, .bytes = 1},
    };
    struct shown s = growth();
    struct finding *f = finding(FINDING_GROWTH, s.finding->what, "max_growth", 3174);
    s.places = csan__arena_scratch_alloc(&scratch, sizeof *s.places * CSAN_COUNT(places));
    s.places[0] = named_place(&places[0], "cache.entries", "struct entry");
    s.places[0].file = CWD "/src/cache.c";
    s.places[0].line = 12;
    s.places[1] = named_place(&places[1], "[8].rows", "struct row");
    s.places[1].trace = TRACE(own(LONG_NAME, CWD "/src/cache.c", 31, 1));
    s.places[2] = named_place(&places[2], "->next", "struct row");
    s.places[2].trace = TRACE(foreign("dark", "/w/libdark.so", 0x1234));
    s.places[3] = named_place(&places[3], "", "");
    s.places[3].trace = TRACE(own("row", CWD "/src/" LONG_NAME "/row.c", 5, 1));
    s.places[4] = named_place(&places[4], "", "");
    f->places = places;
    f->nplaces = CSAN_COUNT(places);
    f->kept_bytes = kept;
    f->kept_blocks = kept / 64;
    s.finding = f;
    return s;
}

START_TEST(a_chain_is_a_line_a_place)
{
    struct shown s = held(12 << 10);
    compare_with_golden("held_by", one(s));
    check_shape(one(s), 17);
    ck_assert_ptr_null(strstr(one(held(0)), "alive"));
    s.places = NULL; /* no memory for their names */
    ck_assert_ptr_null(strstr(one(s), "held by"));
}
END_TEST

START_TEST(many_places_that_are_no_chain_are_counted)
{
    struct place places[8];
    struct shown s = escape();
    struct finding *f = finding(FINDING_ESCAPE, s.finding->what, "max_escapes", 1);
    s.places = csan__arena_scratch_alloc(&scratch, sizeof *s.places * CSAN_COUNT(places));
    for (int i = 0; i < 8; i++) {
        places[i] = (struct place){.kind = PLACE_STACK, .tid = 70 + i, .value = 16};
        s.places[i] = named_place(&places[i], "", "");
    }
    f->places = places;
    f->nplaces = 8;
    s.finding = f;
    ck_assert_ptr_nonnull(strstr(one(s), "\n    stored in the stack of thread 74\n"
                                         "    and in 3 more places\n"));
    f->nplaces = 1;
    ck_assert_ptr_null(strstr(one(s), "more place"));
}
END_TEST

START_TEST(suppression_of_a_long_name_still_matches_it)
{
    struct shown s = leak();
    s.trace = TRACE(own(LONG_NAME, CWD "/src/cache/detail/table_implementation.hpp", 41, 21));
    char pattern[256] = "";
    const char *at = strstr(one(s), "a suppression line  leak:");
    ck_assert_ptr_nonnull(at);
    sscanf(at, "a suppression line  leak:%255[^\n]", pattern);
    ck_assert_msg(csan__glob_matches(pattern, LONG_NAME), "%s", pattern);
    ck_assert_ptr_nonnull(strstr(pattern, "*"));
}
END_TEST

START_TEST(a_deep_stack_is_cut_and_says_by_how_much)
{
    struct frame deep[70];
    char names[70][16];
    for (uint32_t i = 0; i < 70; i++) {
        snprintf(names[i], sizeof names[i], "level_%u", i);
        deep[i] = own(names[i], CWD "/src/deep.c", 100 + i, 3);
    }
    struct shown s = leak();
    s.trace = trace_of(deep, 70);
    s.trace.truncated = true;
    check_shape(one(s), 12);
    ck_assert_ptr_nonnull(strstr(one(s), " more frames, then stack_depth ends here\n"));
}
END_TEST

START_TEST(a_stack_that_was_lost_says_so)
{
    struct shown s = leak();
    s.trace = TRACE(own("f", CWD "/src/a.c", 1, 1));
    s.trace.truncated = true;
    ck_assert_ptr_nonnull(strstr(one(s), "    … the stack is lost here\n"));
}
END_TEST

START_TEST(recursion_is_one_line)
{
    struct frame f = own("walk", CWD "/src/tree.c", 7, 3);
    struct shown s = leak();
    s.trace = TRACE(own("node", CWD "/src/tree.c", 3, 3), f, f, f, f, main_frame());
    ck_assert_ptr_nonnull(strstr(one(s), "    at walk src/tree.c:7 (4 times)\n    at main "));
}
END_TEST

START_TEST(library_frames_in_a_row_are_folded)
{
    const char *foo = "/usr/lib/libfoo.so.2", *bar = "/usr/lib/libbar-1.0.so";
    struct shown s = leak();
    s.trace = TRACE(own("f", CWD "/src/a.c", 1, 1), foreign("x", foo, 1), foreign("y", foo, 2),
                    foreign("z", bar, 3), own("g", CWD "/src/a.c", 2, 1), foreign("x", foo, 1),
                    own("h", CWD "/src/a.c", 3, 1));
    ck_assert_ptr_nonnull(strstr(one(s), "    … 3 frames of libfoo and libbar-1.0\n"));
    ck_assert_ptr_nonnull(strstr(one(s), "    at x (libfoo.so.2+0x1)\n"));
}
END_TEST

START_TEST(folds_of_long_library_names_stay_within_the_columns)
{
    char foo[200] = "/usr/lib/", bar[200] = "/usr/lib/";
    memset(foo + 9, 'f', 150);
    memset(bar + 9, 'b', 150);
    struct shown s = leak();
    s.trace = TRACE(own("f", CWD "/src/a.c", 1, 1), foreign("x", foo, 1), foreign("z", bar, 3),
                    own("h", CWD "/src/a.c", 3, 1));
    check_shape(one(s), 12);
}
END_TEST

START_TEST(start_code_below_main_is_left_out)
{
    ck_assert_ptr_null(strstr(one(leak()), "_start"));
    ck_assert_ptr_null(strstr(one(leak()), "of libc\n"));
}
END_TEST

START_TEST(start_code_of_a_stripped_program_is_left_out)
{
    struct shown s = leak();
    s.trace = TRACE(foreign("??", EXE, 0x1153), foreign("??", EXE, 0x117e),
                    foreign("__libc_start_call_main", LIBC, 0x27249),
                    foreign("__libc_start_main", LIBC, 0x27304), foreign("??", EXE, 0x1070));
    s.trace.frames[0].own = s.trace.frames[1].own = s.trace.frames[4].own = true;
    ck_assert_ptr_nonnull(strstr(one(s), "at test_cache+0x117e\n    and 12 KiB"));
}
END_TEST

START_TEST(a_caller_of_libc_is_the_place_and_the_call_is_shown)
{
    struct shown s = leak();
    s.trace = TRACE(foreign("strdup", LIBC, 0x9b2aa), own("f", CWD "/src/a.c", 9, 1));
    ck_assert(begins_with(one(s), "src/a.c:9:1: "));
    ck_assert_ptr_nonnull(strstr(one(s), "\n    at strdup (libc.so.6+0x9b2aa)\n    at f "));
}
END_TEST

/* ------------------------------------------------------------------ source */

START_TEST(a_long_source_line_ends_in_a_mark)
{
    char source[300];
    struct shown s = leak();
    memset(source, 'x', sizeof source);
    source[sizeof source - 1] = '\0';
    s.trace.frames[0].source = source;
    check_shape(one(s), 12);
    ck_assert_ptr_nonnull(strstr(one(s), "| xxx"));
    ck_assert_ptr_nonnull(strstr(one(s), "xx…\n"));
}
END_TEST

/* What stands above the caret in the report, from there to the line's end. */
static const char *above_caret(const char *text)
{
    static char rest[512];
    const char *caret = strstr(text, "^\n"), *line = caret, *source;
    ck_assert_ptr_nonnull(caret);
    while (line[-1] != '\n')
        line--;
    for (source = line - 1; source[-1] != '\n';)
        source--;
    snprintf(rest, sizeof rest, "%s",
             csan__page_from(source, csan__page_columns(line) - csan__page_columns(caret)));
    rest[strcspn(rest, "\n")] = '\0';
    return rest;
}

START_TEST(of_a_long_source_line_the_part_around_the_caret_is_shown)
{
    static const uint32_t at[] = {1, 50, 80, 90, 91, 92, 300, 4000, 9985};
    static char source[10001];
    struct shown s = leak();
    for (size_t i = 0; i < CSAN_COUNT(at); i++) {
        memset(source, 'x', sizeof source - 1);
        memcpy(source + at[i] - 1, "malloc(64);", 11);
        s.trace.frames[0].source = source;
        s.trace.frames[0].caret = at[i];
        check_shape(one(s), 12);
        ck_assert_msg(begins_with(above_caret(one(s)), "malloc(64);"), "caret at %u:\n%s", at[i],
                      one(s));
    }
}
END_TEST

START_TEST(caret_counts_columns_of_a_line_that_is_no_utf8)
{
    struct shown s = leak();
    s.trace.frames[0].source = "/* gr\xf6\xdf"
                               "e \xe2\x80 */ malloc(64);";
    s.trace.frames[0].caret = 16;
    ck_assert_str_eq(above_caret(one(s)), "malloc(64);");
    ck_assert_ptr_nonnull(strstr(one(s), "| /* gr\xef\xbf\xbd\xef\xbf\xbd"
                                         "e \xef\xbf\xbd */ malloc"));
}
END_TEST

START_TEST(what_is_no_utf8_is_told_as_such_but_in_the_name_of_a_file)
{
    struct shown s = leak();
    char names[400];
    memset(names, '\x80', sizeof names - 1);
    names[sizeof names - 1] = '\0';
    s.trace.frames[0].function = names;
    s.trace.frames[0].file = CWD "/src/\xf6.c";
    check_shape(one(s), 12);
    ck_assert(begins_with(one(s), "src/\xf6.c:41:21: error: "));
    ck_assert_ptr_null(strchr(strchr(one(s), '\n'), '\xf6'));
    ck_assert_ptr_nonnull(strstr(one(s), "at \xef\xbf\xbd"));
}
END_TEST

START_TEST(a_name_cannot_turn_a_line_around)
{
    struct shown s = leak();
    s.trace.frames[0].function = "a\xe2\x80\xae"
                                 "b\xe2\x81\xa6"
                                 "c\xe2\x80\xa9"
                                 "d\tx";
    ck_assert_ptr_nonnull(strstr(one(s), "at a?b?c\xe2\x80\xa9"
                                         "d x src/cache.c:41"));
}
END_TEST

START_TEST(caret_counts_letters_not_bytes)
{
    struct shown s = leak();
    s.trace.frames[0].source = "/* größe */ malloc(64);";
    s.trace.frames[0].caret = 15; /* two letters of two bytes before it */
    ck_assert_ptr_nonnull(strstr(one(s), "\n       |             ^\n"));
}
END_TEST

/* ------------------------------------------------------------------ hostile text */

START_TEST(control_bytes_of_names_are_harmless)
{
    struct shown s = leak();
    s.trace.frames[0].function = "f\033[2J\n\tg\xc2\x9bz\x7f";
    s.trace.frames[0].file = CWD "/src/a\nb.c";
    const char *text = one(s);
    ck_assert(begins_with(text, "src/a?b.c:41:21: error:"));
    ck_assert_ptr_nonnull(strstr(text, "at f?[2J? g?z? src/a?b.c:41\n"));
    for (const char *c = text; *c; c++)
        ck_assert(*c == '\n' || (unsigned char)*c >= ' ');
}
END_TEST

START_TEST(long_notes_labels_and_settings_stay_within_the_columns)
{
    char words[900];
    struct shown s = lock_wait();
    struct finding *f = (struct finding *)(uintptr_t)s.finding;
    memset(words, 'w', sizeof words);
    words[sizeof words - 1] = '\0';
    f->note = words;
    f->parties[0].label = words;
    f->option = "max_wait_total";
    f->amount = 1234567890123;
    check_shape(one(s), 16);
}
END_TEST

START_TEST(a_what_of_a_megabyte_still_ends_its_line)
{
    char *words = malloc(1 << 20);
    memset(words, 'w', 1 << 20);
    words[(1 << 20) - 1] = '\0';
    struct shown s = leak();
    ((struct finding *)(uintptr_t)s.finding)->what = words;
    const char *text = one(s);
    ck_assert_uint_le(strlen(text), 32 << 10);
    ck_assert_int_eq(text[strlen(text) - 1], '\n');
    free(words);
}
END_TEST

/* ------------------------------------------------------------------ acceptance */

static const char *setting_for(const char *option, uint64_t amount)
{
    static char room[128];
    struct text t = TEXT(room);
    struct finding f = {.kind = FINDING_LEAK, .option = option, .amount = amount};
    struct shown s = {.finding = &f};
    struct report r = report_of(&s, 1);
    room[0] = '\0';
    csan__advice_setting(&r, &f, &t);
    return room;
}

START_TEST(settings_are_round_and_enough)
{
    ck_assert_str_eq(setting_for("max_leak", 1), "CSAN_MAX_LEAK=1B");
    ck_assert_str_eq(setting_for("max_leak", 2048), "CSAN_MAX_LEAK=2KiB");
    ck_assert_str_eq(setting_for("max_leak", 2049), "CSAN_MAX_LEAK=2049B");
    ck_assert_str_eq(setting_for("max_leak", 1000001), "CSAN_MAX_LEAK=1MiB");
    ck_assert_str_eq(setting_for("max_leak", (uint64_t)50 << 30), "CSAN_MAX_LEAK=50GiB");
    ck_assert_str_eq(setting_for("max_wait", 184123456), "CSAN_MAX_WAIT=185ms");
    ck_assert_str_eq(setting_for("max_wait", 59900000000), "CSAN_MAX_WAIT=60s");
    ck_assert_str_eq(setting_for("max_hold", 1), "CSAN_MAX_HOLD=1ns");
    ck_assert_str_eq(setting_for("max_threads", 3), "CSAN_MAX_THREADS=3");
    ck_assert_str_eq(setting_for("max_blocked", 48), "CSAN_MAX_BLOCKED=48");
    ck_assert_str_eq(setting_for("deadlock", 2), "CSAN_DEADLOCK=off");
    ck_assert_str_eq(setting_for("hang_after", 7500), "CSAN_HANG_AFTER=off");
    ck_assert_str_eq(setting_for("max_leak", UINT64_MAX), "CSAN_MAX_LEAK=off");
    ck_assert_str_eq(setting_for(NULL, 2), "");
}
END_TEST

START_TEST(settings_are_read_back_as_no_less)
{
    for (uint64_t v = 1; v < (uint64_t)1 << 50; v = v * 7 / 3 + 1) {
        uint64_t bytes, ns;
        const char *text = strchr(setting_for("max_leak", v), '=') + 1;
        ck_assert_int_eq(csan__text_read_bytes(text, strlen(text), &bytes), 0);
        ck_assert(bytes >= v && bytes - v <= v / 10);
        text = strchr(setting_for("max_wait", v), '=') + 1;
        ck_assert_int_eq(csan__text_read_duration(text, strlen(text), &ns), 0);
        ck_assert(ns >= v && ns - v <= v / 10);
    }
}
END_TEST

START_TEST(a_limit_on_all_together_is_met_by_the_sum)
{
    struct shown two[2] = {leak(), leak()};
    struct report r = report_of(two, 2);
    ck_assert_ptr_nonnull(strstr(written(&r, false), "accept: CSAN_MAX_LEAK=28KiB, or"));
}
END_TEST

static const char *suppression_of(const char *function)
{
    static char room[1024];
    struct text t = TEXT(room);
    struct finding f = {.kind = FINDING_LEAK};
    struct frame frame = own(function, CWD "/src/a.cc", 3, 1);
    struct shown s = {.finding = &f, .trace = {.frames = &frame, .count = 1}};
    room[0] = '\0';
    csan__advice_suppression(&s, &t);
    return room;
}

START_TEST(suppressions_leave_parameters_out_and_match)
{
    static const char *const cases[][2] = {
        {"row_new", "leak:row_new"},
        {"shop::row_new(int, char const*)", "leak:shop::row_new"},
        {"Table<int (*)(char)>::get(int) const", "leak:Table<int (*)(char)>::get"},
        {"Less::operator()(int, int) const", "leak:Less::operator()"},
        {"Less::operator()", "leak:Less::operator()"},
        {"main::{lambda(int)#1}::operator()(int) const", "leak:main::{lambda(int)#1}::operator()"},
        {"(anonymous namespace)::f()", "leak:(anonymous namespace)::f"},
        {"f$", "leak:f$*"},
        {"??", "leak:a.cc"},
    };
    for (size_t i = 0; i < CSAN_COUNT(cases); i++) {
        ck_assert_str_eq(suppression_of(cases[i][0]), cases[i][1]);
        if (i + 1 < CSAN_COUNT(cases))
            ck_assert(csan__glob_matches(cases[i][1] + 5, cases[i][0]));
    }
}
END_TEST

/* ------------------------------------------------------------------ many findings */

static struct shown *many(uint32_t n)
{
    struct shown *all = csan__arena_scratch_alloc(&scratch, n * sizeof *all);
    for (uint32_t i = 0; i < n; i++) {
        char what[32];
        int length = snprintf(what, sizeof what, "<%03u>", i);
        all[i] = leak();
        struct finding *f = (struct finding *)(uintptr_t)all[i].finding;
        f->what = csan__arena_scratch_copy(&scratch, what, (size_t)length);
        f->amount = i + 1;
    }
    return all;
}

static uint32_t count_of(const char *text, const char *what)
{
    uint32_t n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        n++;
    return n;
}

START_TEST(twenty_are_shown_and_the_rest_counted)
{
    struct report r = report_of(many(32), 32);
    const char *text = written(&r, false);
    ck_assert_uint_eq(count_of(text, ": error: "), 20);
    ck_assert_ptr_nonnull(strstr(text, "\ncsan: and 12 more findings (verbosity=1 shows them)\n"));
    r = report_of(many(21), 21);
    ck_assert_ptr_nonnull(
        strstr(written(&r, false), "\ncsan: and 1 more finding (verbosity=1 shows it)\n"));
    r = report_of(many(20), 20);
    ck_assert_ptr_null(strstr(written(&r, false), "csan: and"));
}
END_TEST

START_TEST(verbosity_1_shows_all)
{
    struct report r = report_of(many(32), 32);
    csan__options.verbosity = 1;
    const char *text = written(&r, false);
    csan__options.verbosity = 0;
    ck_assert_uint_eq(count_of(text, ": error: "), 32);
    ck_assert_ptr_null(strstr(text, "csan: and"));
}
END_TEST

START_TEST(largest_come_first)
{
    struct report r = report_of(many(15), 15);
    const char *at = written(&r, false);
    for (int i = 14; i >= 0; i--) {
        char what[32];
        snprintf(what, sizeof what, "<%03d>", i);
        at = strstr(at, what);
        ck_assert_ptr_nonnull(at);
    }
}
END_TEST

START_TEST(why_names_are_missing_is_said_once_at_the_end)
{
    struct report r = report_of(many(3), 3);
    r.why_dark = "no symbols: none today";
    ck_assert_uint_eq(count_of(written(&r, false), "\ncsan: no symbols: none today\n"), 1);
}
END_TEST

START_TEST(no_memory_for_a_report_still_gives_one)
{
    struct arena none = {.chunks = NULL};
    struct shown s = leak();
    struct report r = report_of(&s, 1);
    r.scratch = &none;
    csan__arena_fail_nth(1);
    ck_assert(begins_with(written(&r, false), "src/cache.c:41:21: error: csan[leak]"));
    csan__arena_fail_nth(0);
    csan__arena_scratch_free(&none);
}
END_TEST

START_TEST(a_closed_descriptor_is_an_error_and_no_signal)
{
    struct shown s = leak();
    struct report r = report_of(&s, 1);
    struct text_style style = {.cwd = CWD};
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    close(fds[0]);
    ck_assert_int_lt(csan__report_text(&r, &style, fds[1]), 0);
    close(fds[1]);
    ck_assert_int_lt(csan__report_text(&r, &style, fds[1]), 0);
}
END_TEST

/* ------------------------------------------------------------------ brief and last line */

START_TEST(brief_has_no_place_no_newline_at_its_end_and_marked_lines)
{
    char copy[1 << 16];
    strcpy(copy, brief(leak(), 3072));
    ck_assert(begins_with(copy, "csan[leak]: 14 KiB in 32 blocks never freed > max_leak=0\n# "));
    ck_assert_int_ne(copy[strlen(copy) - 1], '\n');
    uint32_t n = 0;
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert(n++ == 0 || begins_with(line, "# "));
}
END_TEST

START_TEST(brief_is_cut_at_a_line)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%.4000s", brief(leak(), 3072));
    for (size_t cap = 70; cap < strlen(whole); cap += 13) {
        const char *text = brief(leak(), cap);
        ck_assert_uint_lt(strlen(text), cap);
        ck_assert(begins_with(text, "csan[leak]: 14 KiB in 32 blocks never freed > max_leak=0"));
        size_t n = strlen(text);
        ck_assert_msg(strncmp(whole, text, n) == 0 && whole[n] == '\n', "%s", text);
    }
    ck_assert_uint_lt(strlen(brief(leak(), 10)), 10);
}
END_TEST

START_TEST(last_line_counts_by_kind)
{
    char room[256] = "";
    struct text t = TEXT(room);
    struct shown three[3] = {lock_wait(), leak(), lock_wait()};
    struct report r = report_of(three, 3);
    csan__report_last_line(&r, &t);
    ck_assert_str_eq(room, "csan: FAIL: 3 findings (1 leak, 2 wait) in test_cache\n");
    t.len = 0;
    r.count = 1;
    csan__report_last_line(&r, &t);
    ck_assert_str_eq(room, "csan: FAIL: 1 finding (1 wait) in test_cache\n");
    t.len = 0;
    r.count = 0;
    csan__report_last_line(&r, &t);
    ck_assert_str_eq(room, "csan: PASS: 0 findings in test_cache\n");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("report_text");
    TCase *c = tcase_create("text");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, each_kind_reads_as_its_golden_file_does, 0, FINDING_KINDS);
    tcase_add_test(c, every_try_sentence_fits_its_line);
    tcase_add_test(c, first_line_has_the_form_that_compilers_use);
    tcase_add_test(c, place_without_a_file_is_module_and_offset);
    tcase_add_test(c, no_stack_at_all_names_the_program);
    tcase_add_test(c, column_is_1_where_none_is_known);
    tcase_add_test(c, place_is_never_shortened);
    tcase_add_test(c, files_below_the_working_directory_are_relative);
    tcase_add_test(c, place_for_a_framework_is_that_of_the_first_line);
    tcase_add_test(c, long_cxx_names_lose_their_middle);
    tcase_add_test(c, a_chain_is_a_line_a_place);
    tcase_add_test(c, many_places_that_are_no_chain_are_counted);
    tcase_add_test(c, suppression_of_a_long_name_still_matches_it);
    tcase_add_test(c, a_deep_stack_is_cut_and_says_by_how_much);
    tcase_add_test(c, a_stack_that_was_lost_says_so);
    tcase_add_test(c, recursion_is_one_line);
    tcase_add_test(c, library_frames_in_a_row_are_folded);
    tcase_add_test(c, folds_of_long_library_names_stay_within_the_columns);
    tcase_add_test(c, start_code_below_main_is_left_out);
    tcase_add_test(c, start_code_of_a_stripped_program_is_left_out);
    tcase_add_test(c, a_caller_of_libc_is_the_place_and_the_call_is_shown);
    tcase_add_test(c, a_long_source_line_ends_in_a_mark);
    tcase_add_test(c, of_a_long_source_line_the_part_around_the_caret_is_shown);
    tcase_add_test(c, caret_counts_columns_of_a_line_that_is_no_utf8);
    tcase_add_test(c, what_is_no_utf8_is_told_as_such_but_in_the_name_of_a_file);
    tcase_add_test(c, a_name_cannot_turn_a_line_around);
    tcase_add_test(c, caret_counts_letters_not_bytes);
    tcase_add_test(c, control_bytes_of_names_are_harmless);
    tcase_add_test(c, long_notes_labels_and_settings_stay_within_the_columns);
    tcase_add_test(c, a_what_of_a_megabyte_still_ends_its_line);
    tcase_add_test(c, settings_are_round_and_enough);
    tcase_add_test(c, settings_are_read_back_as_no_less);
    tcase_add_test(c, a_limit_on_all_together_is_met_by_the_sum);
    tcase_add_test(c, suppressions_leave_parameters_out_and_match);
    tcase_add_test(c, twenty_are_shown_and_the_rest_counted);
    tcase_add_test(c, verbosity_1_shows_all);
    tcase_add_test(c, largest_come_first);
    tcase_add_test(c, why_names_are_missing_is_said_once_at_the_end);
    tcase_add_test(c, no_memory_for_a_report_still_gives_one);
    tcase_add_test(c, a_closed_descriptor_is_an_error_and_no_signal);
    tcase_add_test(c, brief_has_no_place_no_newline_at_its_end_and_marked_lines);
    tcase_add_test(c, brief_is_cut_at_a_line);
    tcase_add_test(c, last_line_counts_by_kind);
    suite_add_tcase(s, c);
    return suite_run(s);
}
