/* Check (libcheck 0.11 and later), CK_FORK=yes: the forked child that leaks fails as a test does.
 *
 * libcheck is linked statically into the program as a rule, so nothing of it can be interposed. But
 * it can be called:
 *
 *   1. The weak references below make the linker export these symbols from a program that is linked
 *      with csan. In a program that was not, elf.c finds them in its symbol table.
 *   2. In a runner that forks, tcase_name() is NULL: tcase_fn_start() sets it, in the child alone.
 *      So a process whose tcase_name() is another than at its birth is the child that runs a test.
 *   3. There _ck_assert_failed(file, line, "csan", "%s", text) writes the failure to the runner and
 *      ends in _exit(1). */
#include "base/os.h"
#include "record/block.h"
#include "record/module.h"
#include "session/framework.h"
#include "test_integration/elf.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* 0.15.2 has (file, line, expr, msg, ...); before it was (file, line, expr, ...) with msg the first
 * of the rest, and NULL the last. To a caller with one string they are the same. */
typedef void assert_failed_fn(const char *file, int line, const char *expr, ...);
typedef const char *name_fn(void);
typedef void start_fn(const char *name, const char *file, int line);
typedef int fork_status_fn(void);

extern assert_failed_fn _ck_assert_failed __attribute__((weak));
extern name_fn tcase_name __attribute__((weak));
extern start_fn tcase_fn_start __attribute__((weak));
extern fork_status_fn cur_fork_status __attribute__((weak)); /* not exported by libcheck.so */
extern int check_minor_version __attribute__((weak));

#define CK_FORK 1           /* enum fork_status */
#define CK_MESSAGE_MAX 4096 /* of the runner's: one byte more ends the test's process */
#define CK_MESSAGE_HEAD 64

static struct {
    bool is_known; /* the five below have been looked up */
    assert_failed_fn *assert_failed;
    name_fn *name;
    start_fn *start;
    fork_status_fn *fork_status;
    const int *minor;
    bool is_child;         /* forked */
    const char *born_with; /* tcase_name() at birth */
} check;                   /* written at fork and at the end of the process, by one thread */

/* Of a test: struct TF and struct TTest of Check 0.13 and later. */
struct registration {
    const struct described *test;
    int loop_start, loop_end, signal;
    signed char exit_value;
};
struct described {
    const char *name;
    void (*run)(int);
    const char *file;
    int line;
};
/* struct TF before 0.13. */
struct old_registration {
    void (*run)(int);
    int loop_start, loop_end;
    const char *name;
    int signal;
    signed char exit_value;
};

static void look_in_executable(void)
{
    struct elf_wanted w[] = {{"_ck_assert_failed", 0},
                             {"tcase_name", 0},
                             {"tcase_fn_start", 0},
                             {"cur_fork_status", 0},
                             {"check_minor_version", 0}};
    csan__elf_find(w, CSAN_COUNT(w));
    check.assert_failed = (assert_failed_fn *)w[0].address;
    check.name = (name_fn *)w[1].address;
    check.start = (start_fn *)w[2].address;
    check.fork_status = (fork_status_fn *)w[3].address;
    check.minor = (const int *)w[4].address;
}

static void look_up(void)
{
    if (check.is_known)
        return;
    check.is_known = true;
    if (_ck_assert_failed == NULL || tcase_name == NULL) {
        look_in_executable();
        return;
    }
    check.assert_failed = _ck_assert_failed;
    check.name = tcase_name;
    check.start = tcase_fn_start;
    check.fork_status = cur_fork_status;
    check.minor = &check_minor_version;
}

static const char *name_now(void)
{
    look_up();
    return check.name != NULL ? check.name() : NULL;
}

static bool is_used(void)
{
    look_up();
    return check.assert_failed != NULL;
}

/* The name is `name`, but for a compiler's suffix (.part.0). */
static bool is_function(const char *function, const char *name)
{
    size_t length = strcspn(function, ".");
    return strlen(name) == length && memcmp(function, name, length) == 0;
}

/* With CK_SUBUNIT Check forgets two strings a test. */
static bool owns(const struct trace *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (is_function(t->frames[i].function, "subunit_lfun"))
            return true;
    return false;
}

/* Called in the child: look_up() has run in the parent, before its first fork. */
static void forked(void)
{
    check.is_child = true;
    check.born_with = name_now();
}

/* With CK_FORK=no _ck_assert_failed() would jump into a test that is over. Where libcheck.so hides
 * its fork status: the child that it forks for a test leads a process group. */
static bool is_fork_mode(void)
{
    if (check.fork_status != NULL)
        return check.fork_status() == CK_FORK;
    return csan__os_syscall(SYS_getpgid, 0, 0, 0, 0, 0, 0) == csan__os_pid();
}

/* Just forked, before it leads a group of its own. */
static bool is_fork_mode_of_runner(void)
{
    return check.fork_status == NULL || check.fork_status() == CK_FORK;
}

static bool in_test(void)
{
    const char *name = name_now();
    return check.is_child && name != NULL && name != check.born_with &&
           check.assert_failed != NULL && is_fork_mode();
}

/* A process that the runner forks for a test; what a test forks has the test's name. */
static bool is_test_to_come(void)
{
    return check.is_child && check.born_with == NULL && check.assert_failed != NULL &&
           check.name != NULL && is_fork_mode_of_runner();
}

static const char *test_name(void)
{
    return check.name();
}

/* Check's runner, as the frame outside a test function: static functions, so that one of them
 * stands for all where they were inlined. */
static bool is_runner(const char *function)
{
    static const char *const runners[] = {"tcase_run_tfun_fork", "tcase_run_tfun_nofork",
                                          "srunner_iterate_tcase_tfuns", "srunner_iterate_suites",
                                          "srunner_run_tagged"};
    for (size_t i = 0; i < CSAN_COUNT(runners); i++)
        if (is_function(function, runners[i]))
            return true;
    return false;
}

/* START_TEST(reconnect) defines reconnect_fn(), before 0.13 reconnect() itself. What the runner
 * calls else are fixtures, through functions of its own, and they need not be told apart: a fixture
 * is inside of srunner_run_setup or srunner_run_teardown, which are no runners here. */
static bool test_of_trace(const struct trace *t, struct text *name)
{
    for (uint32_t i = 1; i < t->count; i++) {
        const char *inner = t->frames[i - 1].function;
        if (!is_runner(t->frames[i].function) || is_runner(inner))
            continue;
        size_t length = strlen(inner);
        if (length > 3 && strcmp(inner + length - 3, "_fn") == 0)
            length -= 3;
        else if (check.minor != NULL && *check.minor >= 13)
            return false;
        csan__text_mem(name, inner, length);
        return true;
    }
    return false;
}

/* What the suite expects of the running test, found among the live blocks: the registration that
 * points to this test's very name. A test may be registered more than once. */
struct search {
    const char *name;
    bool is_old; /* layout before 0.13 */
    uint32_t found;
    uint64_t runs; /* out: of all registrations together */
    struct end_of_test would;
    bool passes; /* out: one registration accepts `would` */
    int status;
    bool takes_status; /* out: one registration accepts exit(status) */
    const char *file;
    int line;
};

static void note(struct search *s, int runs, int sig, signed char exit_value)
{
    s->found++;
    s->runs += runs > 0 ? (uint64_t)runs : 0;
    s->passes |= s->would.by_signal ? sig == s->would.code && sig != 0
                                    : sig == 0 && exit_value == (signed char)s->would.code;
    s->takes_status |= sig == 0 && exit_value == (signed char)s->status;
}

static void try_old(struct search *s, const struct block *b)
{
    struct old_registration r;
    char name[256];
    size_t length = strlen(s->name) + 1;
    if (b->asked != sizeof r || length > sizeof name)
        return;
    memcpy(&r, (const void *)b->start, sizeof r);
    if (csan__module_find((uintptr_t)r.name) != NULL &&
        csan__os_read_memory(name, r.name, length) == length && memcmp(name, s->name, length) == 0)
        note(s, r.loop_end - r.loop_start, r.signal, r.exit_value);
}

static bool try_block(const struct block *b, void *arg)
{
    struct search *s = arg;
    struct registration r;
    struct described d;
    if (b->damaged || b->ignored)
        return true;
    if (s->is_old) {
        try_old(s, b);
        return true;
    }
    if (b->asked != sizeof r)
        return true;
    memcpy(&r, (const void *)b->start, sizeof r);
    if (csan__module_find((uintptr_t)r.test) != NULL &&
        csan__os_read_memory(&d, r.test, sizeof d) == sizeof d && d.name == s->name) {
        note(s, r.loop_end - r.loop_start, r.signal, r.exit_value);
        s->file = d.file;
        s->line = d.line;
    }
    return true;
}

static struct search search(struct end_of_test would, int status)
{
    struct search s = {.name = check.name(),
                       .is_old = check.minor != NULL && *check.minor < 13,
                       .would = would,
                       .status = status};
    csan__block_each(try_block, &s);
    return s;
}

/* When no registration is known: as tcase_add_test() has it, a test passes by exit(0). */
static bool would_pass(struct end_of_test how)
{
    struct search s = search(how, 0);
    return s.found > 0 ? s.passes : !how.by_signal && how.code == 0;
}

/* A test case with its time-out, as in check_impl.h from 0.10 on: a block that leads by a list to
 * the registration of this test. */
struct test_case {
    const char *name;
    struct timespec time_out;
    const struct tests {
        unsigned count, room;
        int current, last;
        void **data;
    } * tests;
    const struct tests *unchecked_setup, *unchecked_teardown; /* lists of fixtures */
    void *others[3];
};

#define TEST_CASE_MIN offsetof(struct test_case, unchecked_setup)
#define TESTS_MAX 4096u
#define TIME_OUT_DEFAULT_S 4.0

struct case_search {
    const char *name;
    uint64_t time_out_ns;
    bool is_found;
    bool has_teardown; /* an unchecked one, which comes after the case's last test */
};

static bool is_registered(const struct tests *list, const char *name)
{
    for (unsigned i = 0; i < list->count; i++) {
        struct registration *at, r;
        struct described d;
        if (csan__os_read_memory(&at, list->data + i, sizeof at) != sizeof at || at == NULL ||
            csan__os_read_memory(&r, at, sizeof r) != sizeof r ||
            csan__os_read_memory(&d, r.test, sizeof d) != sizeof d)
            return false;
        if (d.name == name)
            return true;
    }
    return false;
}

static bool try_case(const struct block *b, void *arg)
{
    struct case_search *s = arg;
    struct test_case c;
    struct tests list;
    if (b->damaged || b->asked < TEST_CASE_MIN || b->asked > sizeof c ||
        csan__os_read_memory(&c, (const void *)b->start, b->asked) != b->asked ||
        c.time_out.tv_sec < 0 || c.time_out.tv_sec > 1000000 || c.time_out.tv_nsec < 0 ||
        c.time_out.tv_nsec >= 1000000000 ||
        csan__os_read_memory(&list, c.tests, sizeof list) != sizeof list ||
        list.count > list.room || list.count > TESTS_MAX || !is_registered(&list, s->name))
        return true;
    if (!s->is_found)
        s->time_out_ns = (uint64_t)c.time_out.tv_sec * 1000000000u + (uint64_t)c.time_out.tv_nsec;
    s->is_found = true;
    s->has_teardown |=
        csan__os_read_memory(&list, c.unchecked_teardown, sizeof list) != sizeof list ||
        list.count > 0;
    return true;
}

/* Where the case is not found: the default, as Check makes it of its variables. */
static uint64_t default_time_out_ns(void)
{
    const char *set = getenv("CK_DEFAULT_TIMEOUT"), *times = getenv("CK_TIMEOUT_MULTIPLIER");
    double seconds = set != NULL ? strtod(set, NULL) : TIME_OUT_DEFAULT_S;
    double factor = times != NULL ? strtod(times, NULL) : 1;
    seconds *= factor > 0 ? factor : 1;
    return seconds > 0 && seconds < 1e6 ? (uint64_t)(seconds * 1e9) : 0;
}

static uint64_t time_out_ns(void)
{
    struct case_search s = {.name = check.name()};
    csan__block_each(try_case, &s);
    return s.is_found ? s.time_out_ns : default_time_out_ns();
}

static bool is_over(uint64_t runs)
{
    struct search tests = search((struct end_of_test){0}, 0);
    struct case_search cases = {.name = check.name()};
    if (tests.found == 0 || tests.runs > runs)
        return false;
    csan__block_each(try_case, &cases);
    return cases.is_found && !cases.has_teardown;
}

static int failing_status(int wanted)
{
    int status = wanted;
    while (search((struct end_of_test){0}, status).takes_status && status != 0)
        status = status % 255 + 1;
    return status;
}

/* CK_MAX_MSG_SIZE is the user's to set, and a longer message ends the process. */
static size_t room_for_text(void)
{
    const char *set = getenv("CK_MAX_MSG_SIZE");
    size_t max = set != NULL ? (size_t)strtoul(set, NULL, 10) : 0;
    if (max == 0 || max > CK_MESSAGE_MAX)
        max = CK_MESSAGE_MAX;
    return max > 2 * CK_MESSAGE_HEAD ? max - CK_MESSAGE_HEAD : CK_MESSAGE_HEAD;
}

static void fail(const struct brief *b)
{
    char buffer[FRAMEWORK_TEXT_MAX];
    size_t room = room_for_text();
    struct text text = {.buf = buffer, .cap = room < sizeof buffer ? room : sizeof buffer};
    csan__text_str(&text, b->text);

    const char *file = b->file;
    int line = b->line;
    if (file == NULL || file[0] == '\0') {
        struct search s = search((struct end_of_test){0}, 0);
        file = s.file != NULL ? s.file : check.name();
        line = s.line;
    }
    /* Back from a teardown fixture into the test, whose failure this is (F in Check's line, not
     * the S of a fixture). */
    if (check.start != NULL)
        check.start(check.name(), file, line);
    check.assert_failed(file, line, "csan", "%s", buffer, NULL);
}

const struct framework csan__framework_check = {
    .name = "Check",
    .is_used = is_used,
    .owns = owns,
    .forked = forked,
    .in_test = in_test,
    .test_name = test_name,
    .test_of_trace = test_of_trace,
    .is_test_to_come = is_test_to_come,
    .is_over = is_over,
    .time_out_ns = time_out_ns,
    .would_pass = would_pass,
    .failing_status = failing_status,
    .fail = fail,
};
