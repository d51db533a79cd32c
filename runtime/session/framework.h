/* A test framework, as the runtime sees it: which test runs here, and how to make that test fail.
 *
 *   session ── settle ──▶ framework.c ── row of frameworks.inc ──▶ test_integration/check.c
 *
 * Nothing of any framework is in the runtime: test_integration/NAME.c defines one struct framework,
 * frameworks.inc names it. A framework lives in one of three kinds of process:
 *
 *   runner      starts the tests; an ordinary process to csan
 *   test        the forked child that runs one test: findings fail that test, at their own place
 *   descendant  forked by a test: leaves what was found in a page shared with its test, which
 *               fails at its own end (option children)
 *
 * Tests that run inside the runner's process are judged one by one by glue that is linked into the
 * program (csan-check.pc); the three csan_framework_ functions below are what it calls.
 * One thread at a time: session calls in here at fork and at the end of a process, with its own
 * recursion guard set, never while the world is stopped. Needs base, record, report/symbol.h; used
 * by session, hook/process.c and test_integration/. */
#ifndef CSAN_SESSION_FRAMEWORK_H
#define CSAN_SESSION_FRAMEWORK_H

#include "base/base.h"
#include "base/text.h"
#include "report/symbol.h"

#define FRAMEWORK_TEXT_MAX 3072
#define FRAMEWORK_FILE_MAX 512

/* How the process of a test ends. */
struct end_of_test {
    bool by_signal;
    int code; /* exit status, or the signal's number */
};

/* All findings of one verdict in the form that a test framework can show. */
struct brief {
    const char *file; /* the first finding's place; NULL: not known */
    int line;
    const char *text; /* at most FRAMEWORK_TEXT_MAX - 1 bytes; lines after the first begin "# " */
};

struct framework {
    const char *name;
    /* Is the framework in this program at all? */
    bool (*is_used)(void);
    /* Is what this stack allocated lost by the framework itself, whatever its user does? */
    bool (*owns)(const struct trace *t);
    /* In the child after every fork. */
    void (*forked)(void);
    /* Does this process run one test, and can that test be failed from here? */
    bool (*in_test)(void);
    /* Name of that test. Called only where in_test. */
    const char *(*test_name)(void);
    /* The test that a stack passes through; false: none. For what is found in a runner. */
    bool (*test_of_trace)(const struct trace *t, struct text *name);
    /* May this process, just forked, become one that runs a test? */
    bool (*is_test_to_come)(void);
    /* Of the test that has just ended in the runner's own process, and has run so often by now: was
     * that the last time, and can no fixture free any more what it left? */
    bool (*is_over)(uint64_t runs);
    /* When the framework will kill the test that runs here, from its process's begin on; 0: never,
     * or not known. Called only where in_test. */
    uint64_t (*time_out_ns)(void);
    /* Would the test pass if its process ended so? (Some tests are meant to fail or to be killed.)
     */
    bool (*would_pass)(struct end_of_test how);
    /* An exit status that cannot be taken for a pass: `wanted`, or another if wanted is expected.
     */
    int (*failing_status)(int wanted);
    /* Fails the test. Ends in _exit(), whose hook gives csan__framework_status(). */
    void (*fail)(const struct brief *b);
};

#define FRAMEWORK(name) extern const struct framework csan__framework_##name;
#include "session/frameworks.inc"
#undef FRAMEWORK

/* Around every fork: in the parent before it, and in the child after it. */
void csan__framework_forking(void);
void csan__framework_forked(void);

/* The framework whose test this process runs; NULL: an ordinary process. */
const struct framework *csan__framework_current(void);
/* The same two questions of whichever framework it is; 0 where there is none. */
bool csan__framework_is_test_to_come(void);
uint64_t csan__framework_time_out_ns(void);
/* Of a test in the runner's own process, as is_over. */
bool csan__framework_is_over(uint64_t runs);
/* Name of the test that runs in this process or in the process that it descends from, for
 * "(test NAME)"; NULL: none. */
const char *csan__framework_test(void);
/* The same for one stack, where csan__framework_test() is NULL. */
bool csan__framework_test_of(const struct trace *t, struct text *name);

/* A framework is in this program: findings may be its own. Takes milliseconds in a large program
 * the first time, so it is asked when there are findings. */
bool csan__framework_is_used(void);
/* The finding with this stack is a framework's own doing, and nobody's who tests with it. */
bool csan__framework_owns(const struct trace *t);

/* The last step of a verdict, after the report has been written and stdio flushed where the ending
 * flushes it. own: this process's findings, NULL for none; descendants_found: a child or grandchild
 * had findings and option children is on. status: what csan would end the process with (exitcode).
 * Does not return when it failed a test. Returns when there is nothing to do here: the caller ends
 * the process in its own way. */
void csan__framework_settle(struct end_of_test how, const struct brief *own, bool descendants_found,
                            int status);
/* While a test is being failed: true, and *status is what the process must end with. Asked by the
 * _exit hook before anything else, its recursion guard included. */
bool csan__framework_is_failing(int *status);

/* Exported for glue inside the program, for tests that share the runner's process. */
struct csan_framework_verdict {
    const char *test;              /* in: the test's name; NULL: not known */
    int line;                      /* out, with findings: the first one's place */
    char file[FRAMEWORK_FILE_MAX]; /* relative to the working directory; "" when not known */
    char text[FRAMEWORK_TEXT_MAX]; /* all findings, as in struct brief */
};
/* As csan_check(since): prints the report, counts for the final status, returns how many findings.
 * With findings it fills in *v. session/public.c */
CSAN_API int csan_framework_judge(unsigned long long since, struct csan_framework_verdict *v);
/* What was allocated since the mark and still lives is no leak of anybody's: under a framework that
 * forks, it would have gone with the test's process. framework.c */
CSAN_API void csan_framework_forgive(unsigned long long since);

#endif
