/* How a process ends, and with which status.
 *
 *   exit, return from main   libc's handlers ► destructors ► csan's handler (the first registered)
 *   _exit, _Exit             hook                       quick_exit   csan's handler, the last
 *   abort                    hook, then libc's own      exec         hook, before the image goes
 *   a fatal signal           fatal.c, then the signal's own end
 *
 * A child of vfork shares its parent's memory: it is known by its pid, and nothing is touched. */
#include "base/handshake.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/share_precise.h"
#include "detect/standing.h"
#include "record/module.h"
#include "record/sync.h"
#include "report/report.h"
#include "session/framework.h"
#include "session/private.h"
#include "session/surroundings.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#define STATUS_COULD_NOT_CHECK 87

static struct {
    int quick_status;
    int judged_pid;  /* the process whose last verdict is being given, or has been */
    int judging_tid; /* the thread that gives it; 0: it has been given */
} ending;

static void tell_runner(enum handshake_state state)
{
    struct handshake *h = csan__session_handshake();
    if (!h)
        return;
    h->findings = csan__session_findings();
    __atomic_store_n(&h->state, state, __ATOMIC_RELEASE);
}

static int status_wanted(int status)
{
    if (csan__session_has_given_up())
        return STATUS_COULD_NOT_CHECK;
    bool family = csan__options.children && csan__family_findings() > 0;
    if (csan__session_findings() || family)
        return (int)csan__options.exitcode;
    return csan__out_has_failed() ? STATUS_COULD_NOT_CHECK : status;
}

/* The framework fails the test that runs here; it does not come back when it did. */
static void hand_over(enum ending how, int status, struct outcome *out)
{
    if (how == ENDING_EXEC)
        return;
    struct brief own = {.file = out->file, .line = out->line, .text = out->brief};
    bool family = csan__options.children && csan__family_findings() > 0;
    struct end_of_test end = {.by_signal = how == ENDING_SIGNAL, .code = status};
    csan__framework_settle(end, out->findings ? &own : NULL, family, status_wanted(0));
}

static void say_unused(const char *rule, bool expired, void *arg)
{
    (void)arg;
    char buf[1024];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: suppression %s: %s\n",
                      expired ? "past its date" : "matched nothing", rule);
    csan__log_line(buf, t.len);
}

static void say_passed(void)
{
    if (csan__options.verbosity >= 1)
        csan__suppress_each_unused(say_unused, NULL);
    if (csan__options.verbosity >= 2)
        csan__judge_statistics();
    if (csan__options.verbosity < 1 || csan__session_findings())
        return;
    char buf[512];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: PASS: no findings in %s\n", csan__session_program());
    csan__log_line(buf, t.len);
}

static void say_family(int status)
{
    if (status || csan__session_findings() || !csan__options.children || !csan__family_findings())
        return;
    char buf[512];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: FAIL: ");
    csan__text_count(&t, csan__family_findings(), "finding");
    csan__text_format(&t, " in child processes of %s (CSAN_CHILDREN=off ignores them)\n",
                      csan__session_program());
    csan__log_line(buf, t.len);
}

/* Two threads may end the process at once: the second waits for the verdict of the first, which
 * then ends the process. A thread that was interrupted inside a hook and is ended by its signal
 * handler cannot judge. */
static bool may_judge(struct thread *self, int pid)
{
    int judged = 0;
    if (__atomic_load_n(&ending.judged_pid, __ATOMIC_ACQUIRE) == pid)
        judged = __atomic_load_n(&ending.judging_tid, __ATOMIC_ACQUIRE);
    else if (!self || csan__session_is_inside(self))
        csan__session_give_up("it ended inside an allocation, from a signal handler");
    else
        return true;
    uint32_t never = 0;
    while (judged && self && judged != self->tid)
        csan__os_futex_wait(&never, 0, 0);
    return false;
}

static bool is_past_libc(uintptr_t pc, uintptr_t start, uintptr_t exit_start);

/* Where the program ends itself. *in_handler: in a signal handler, so that what it interrupted may
 * hold what it likes. 0: libc does, as main has returned. */
static uint32_t stack_of_end(const struct full_regs *at, const struct thread *self,
                             bool *in_handler)
{
    struct full_regs r = *at;
    struct stack_bounds in = {self->stack_lo, self->stack_hi};
    *in_handler = false;
    while (!*in_handler && csan__unwind_step(&r, in_handler, &in, NULL) == 0)
        continue;
    if (csan__surroundings_has_libc_apart() &&
        !is_past_libc(at->r[16], 0, csan__surroundings_exit()))
        return 0;
    return csan__standing_at(at, false, (struct range){in.lo, in.hi});
}

/* A program that gives up in the middle of something, by a signal or with a failing status, does
 * not clean up first. */
static void look_at_locks(enum ending how, int status, const struct full_regs *at)
{
    struct thread *self = csan__thread_get();
    bool in_handler;
    if ((how != ENDING_EXIT && how != ENDING_IMMEDIATE) || status || !self || !self->sync)
        return;
    uint32_t stack = stack_of_end(at, self, &in_handler);
    if (!in_handler)
        csan__sync_ends(self, stack);
}

static void judge_end(enum ending how, int status, const struct full_regs *at)
{
    static char brief[FRAMEWORK_TEXT_MAX];
    struct outcome out = {.brief = brief, .brief_cap = sizeof brief};
    look_at_locks(how, status, at);
    csan__session_judge(csan__session_first_epoch(), at, &out);
    if (how == ENDING_EXIT)
        fflush(NULL);
    if (how != ENDING_EXEC)
        say_family(status);
    csan__out_end(how == ENDING_EXEC);
    if (how != ENDING_EXEC)
        csan__profile_end(at);
    tell_runner(how == ENDING_EXEC ? HANDSHAKE_EXEC : HANDSHAKE_VERDICT);
    hand_over(how, status, &out);
    if (how == ENDING_EXIT || how == ENDING_IMMEDIATE)
        say_passed();
}

int csan__session_end(enum ending how, int status, const struct full_regs *at)
{
    int failing;
    if (csan__framework_is_failing(&failing))
        return failing;
    int pid = csan__os_pid();
    if (!csan__session_is_armed() || pid != csan__session_pid())
        return status;
    struct thread *self = csan__thread_get();
    status &= 0xff; /* what the parent will see */
    if (may_judge(self, pid)) {
        self->inside = 1;
        if (how != ENDING_EXEC) {
            __atomic_store_n(&ending.judging_tid, self->tid, __ATOMIC_RELEASE);
            __atomic_store_n(&ending.judged_pid, pid, __ATOMIC_RELEASE);
        }
        if (csan__dump_signal_wanted())
            csan__session_dump(at);
        judge_end(how, status, at);
        __atomic_store_n(&ending.judging_tid, 0, __ATOMIC_RELEASE);
        self->inside = 0;
    }
    return status == 0 ? status_wanted(status) : status;
}

/* Detectors say that the process must not go on. mask: NULL, or the thread's signals from then on.
 */
static void end_now(uint32_t detectors, const struct full_regs *at, const uint64_t *mask)
{
    static char brief[FRAMEWORK_TEXT_MAX];
    struct outcome out = {.only = detectors, .brief = brief, .brief_cap = sizeof brief};
    int pid = csan__os_pid();
    if (!csan__session_is_armed() || pid != csan__session_pid() ||
        __atomic_load_n(&ending.judged_pid, __ATOMIC_ACQUIRE) == pid ||
        csan__session_judge(csan__session_first_epoch(), at, &out) != 0 || !out.findings)
        return;
    __atomic_store_n(&ending.judging_tid, csan__os_tid(), __ATOMIC_RELEASE);
    __atomic_store_n(&ending.judged_pid, pid, __ATOMIC_RELEASE);
    csan__watchdog_flush();
    csan__out_end(false);
    csan__profile_end(at);
    tell_runner(HANDSHAKE_VERDICT);
    if (mask)
        csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)mask, 0, 8, 0, 0);
    hand_over(ENDING_IMMEDIATE, 0, &out);
    csan__os_exit(status_wanted(0));
}

void csan__session_stuck(uint32_t detectors)
{
    struct full_regs at;
    csan__unwind_here(&at);
    end_now(detectors, &at, NULL);
}

/* Of tests that share their runner's process, the glue inside it fails the one that runs. */
void csan__session_stop_at(const struct full_regs *at, const uint64_t *mask)
{
    if (!csan__framework_current() && csan__framework_is_used())
        return;
    csan__precise_has_stopped = true;
    end_now(1u << DETECTOR_share, at, mask);
    csan__precise_has_stopped = false;
}

void csan__session_end_by_signal(int sig, const struct full_regs *at)
{
    csan__session_end(ENDING_SIGNAL, sig, at);
}

/* Goes up until `wanted` says so; false: it never did, and *at is as it was. */
static bool go_up_from(struct full_regs *at,
                       bool (*wanted)(uintptr_t pc, uintptr_t start, uintptr_t arg), uintptr_t arg)
{
    struct full_regs r = *at;
    struct thread *self = csan__thread_get();
    if (!self)
        return false;
    csan__thread_learn_stack(self);
    struct stack_bounds in = {self->stack_lo, self->stack_hi};
    bool exact = false;
    uintptr_t start;
    for (int frames = 0; frames < 256; frames++) {
        if (csan__unwind_step(&r, &exact, &in, &start) != 0)
            return false;
        if (wanted(r.r[16], start, arg)) {
            *at = r;
            return true;
        }
    }
    return false;
}

static bool go_up(struct full_regs *at,
                  bool (*wanted)(uintptr_t pc, uintptr_t start, uintptr_t arg), uintptr_t arg)
{
    csan__unwind_here(at);
    return go_up_from(at, wanted, arg);
}

static bool is_pc(uintptr_t pc, uintptr_t start, uintptr_t arg)
{
    (void)start;
    return pc == arg;
}

static bool has_left(uintptr_t pc, uintptr_t start, uintptr_t arg)
{
    (void)pc;
    return start == arg;
}

void csan__session_caller_state(uintptr_t return_address, struct full_regs *at)
{
    go_up(at, is_pc, return_address);
}

/* In the module of `exit` no longer, having been at exit's caller. */
static bool is_past_libc(uintptr_t pc, uintptr_t start, uintptr_t exit_start)
{
    (void)start;
    const struct module *m = csan__module_find_live(pc);
    return !m || m != csan__module_find_live(exit_start);
}

/* exit() ► handlers ► here: what the caller of exit had on its stack and in its registers. Libc's
 * own frames above it (err(), the code that called main, which has returned) hold nothing alive. */
bool csan__session_at_exit_call(struct full_regs *at)
{
    uintptr_t exit_start = csan__surroundings_exit();
    if (!go_up(at, has_left, exit_start))
        return false;
    if (csan__surroundings_has_libc_apart() && !is_past_libc(at->r[16], 0, exit_start))
        go_up_from(at, is_past_libc, exit_start);
    return true;
}

void csan__session_exit_handler(int status)
{
    struct full_regs at;
    csan__session_at_exit_call(&at);
    int wanted = csan__session_end(ENDING_EXIT, status, &at);
    if (wanted != status)
        exit(wanted); /* goes on where this exit stands: nothing is left but to flush and end */
}

void csan__session_quick_exit(int status)
{
    ending.quick_status = status;
}

void csan__session_quick_exit_handler(void)
{
    struct full_regs at;
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    int wanted = csan__session_end(ENDING_IMMEDIATE, ending.quick_status, &at);
    if (wanted != ending.quick_status)
        csan__os_exit(wanted);
}

void csan__session_exec_begins(const char *path)
{
    struct handshake *h = csan__session_handshake();
    csan__dump_signal_exec(true);
    if (!h || csan__os_pid() != csan__session_pid())
        return;
    struct text t = TEXT(h->exec_path);
    csan__text_str(&t, path ? path : "");
}

void csan__session_exec_failed(void)
{
    csan__dump_signal_exec(false);
    if (csan__os_pid() == csan__session_pid())
        tell_runner(HANDSHAKE_ARMED);
}
