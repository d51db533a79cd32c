/* Check with CK_FORK=no: tests share one process, so each is judged where it ends.
 *
 * Linked into the program by `pkg-config --libs csan-check` (libcsan_check.a and two --wrap flags;
 * libcheck is static as a rule, and its own calls cannot be interposed):
 *
 *   tcase_create ─▶ adds a checked fixture before all of the suite's own: it is set up first and
 *                   torn down last, so what they allocate and free is the test's
 *   setup        ─▶ a mark
 *   teardown     ─▶ what is lost since the mark fails the test, as it would the test's own process
 *
 * Memory that the test leaves reachable, and memory that a failing assertion leaves behind when it
 * jumps out of the test, would have gone with a forked test's process: it is forgiven.
 * With CK_FORK=yes the fixture does nothing: libcsan judges the child at its end. One thread. */
#include "csan.h"
#include "session/framework.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

struct TCase;
typedef void fixture_fn(void);

/* Of Check; declared here so that csan builds without it. */
const char *tcase_name(void);
void tcase_fn_start(const char *name, const char *file, int line);
void tcase_add_checked_fixture(struct TCase *tc, fixture_fn *setup, fixture_fn *teardown);
/* The names that --wrap gives. */
struct TCase *__real_tcase_create(const char *name);
struct TCase *__wrap_tcase_create(const char *name);
_Noreturn void __real__ck_assert_failed(const char *file, int line, const char *expr,
                                        const char *format, ...);
_Noreturn void __wrap__ck_assert_failed(const char *file, int line, const char *expr,
                                        const char *format, ...);

static struct {
    int runner; /* pid that made the test cases; a forked test has another */
    csan_mark_t since;
    bool has_failed; /* the running test, by an assertion of its own */
    struct csan_framework_verdict verdict;
} test;

static void begin(void)
{
    if (getpid() != test.runner)
        return;
    test.has_failed = false;
    test.since = csan_mark();
}

static int judge(void)
{
    if (test.has_failed)
        return 0;
    test.verdict.test = tcase_name();
    return csan_framework_judge(test.since, &test.verdict);
}

static void end(void)
{
    if (getpid() != test.runner)
        return;
    int findings = judge();
    csan_framework_forgive(test.since);
    if (findings == 0)
        return;
    const char *file = test.verdict.file[0] != '\0' ? test.verdict.file : tcase_name();
    /* Back from the teardown into the test, whose failure this is. */
    tcase_fn_start(tcase_name(), file, test.verdict.line);
    __real__ck_assert_failed(file, test.verdict.line, "csan", "%s", test.verdict.text, NULL);
}

struct TCase *__wrap_tcase_create(const char *name)
{
    struct TCase *tc = __real_tcase_create(name);
    test.runner = getpid();
    tcase_add_checked_fixture(tc, begin, end);
    return tc;
}

/* Before Check 0.15.2 the format is the first of `...`, and NULL the last: the same to this call.
 */
_Noreturn void __wrap__ck_assert_failed(const char *file, int line, const char *expr,
                                        const char *format, ...)
{
    char message[BUFSIZ]; /* Check cuts at the same length */
    va_list args;
    test.has_failed = true;
    if (format == NULL)
        __real__ck_assert_failed(file, line, expr, NULL);
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    __real__ck_assert_failed(file, line, expr, "%s", message, NULL);
}
