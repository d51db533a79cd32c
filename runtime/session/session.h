/* The life of a watched process: start, marks, verdicts, fork, end.
 *
 *   start.c    before main: options, detectors, hand-shake with the runner
 *   stop.c     the world stopped, without ptrace
 *   slots.c    whom it stops                sleepers.c whom it lets sleep
 *   scene.c    and what there is to be known of it
 *   judge.c    a verdict: detectors → suppressions → limits → report
 *   who.c      csan_who_points_at
 *   census.c   csan_round: what lives now
 *   ending.c   how a process ends, and with which status
 *   fatal.c    signals that end the process
 *   trap.h     faults that share=precise makes
 *   dump.c     all threads, printed         dump_signal.c  the signal that asks for it
 *   resume.c   system calls that a signal of csan's broke off
 *   fork.c     what a child begins with        family.c  what a parent learns of its children
 *   helper.c   the csan command as a symbolizing child that nobody notices
 *   log.c      where reports go                out.c     the record for machines
 *   public.c   the functions of csan.h
 *
 * Called by hooks. Everything here may be called from any thread; verdicts are taken one at a time.
 */
#ifndef CSAN_SESSION_SESSION_H
#define CSAN_SESSION_SESSION_H

#include "base/base.h"
#include "record/thread.h"
#include "record/unwind.h"

#include <pthread.h>
#include <signal.h>

/* --- start.c */
/* First hook of the process, long before main: tables, not options. 0 or -errno. */
int csan__session_early(void);
bool csan__session_is_armed(void);       /* start has run and csan can judge */
const char *csan__session_program(void); /* base name */
const char *csan__session_cwd(void);     /* at start */
int csan__session_pid(void); /* of the process that this account belongs to; see fork.c */

/* --- ending.c */
enum ending { ENDING_EXIT, ENDING_IMMEDIATE, ENDING_SIGNAL, ENDING_EXEC };
/* The verdict at an end. `at` is the state of the code that ends the process. Returns the status to
 * end with: the program's own, or 86, or 87. Does nothing in a vfork child. */
int csan__session_end(enum ending how, int status, const struct full_regs *at);
/* State of the caller of `exit`, found on the stack of its handlers; false: not there. */
bool csan__session_at_exit_call(struct full_regs *at);
/* State of the function that will be returned to at `return_address`, a caller further up: csan's
 * own frames hold stale words of the program's, and are left out. */
void csan__session_caller_state(uintptr_t return_address, struct full_regs *at);
void csan__session_end_by_signal(int sig, const struct full_regs *at);
void csan__session_exec_begins(const char *path);
void csan__session_exec_failed(void);
void csan__session_quick_exit(int status); /* quick_exit was called with this */
void csan__session_exit_handler(int status);
void csan__session_quick_exit_handler(void);

/* --- judge.c */
void csan__judge_forked(void);
void csan__judge_statistics(void);           /* verbosity 2: one line on the log */
void csan__judge_inherit(uint32_t findings); /* of the image that was replaced by this one */
struct outcome {
    const char *test;  /* in: name of the test; NULL: not known */
    uint32_t only;     /* in: bit i: the i-th detector alone is asked; 0: all */
    uint32_t findings; /* new ones */
    const char *file;  /* of the first; lives until the next verdict */
    int line;
    char *brief; /* for a test framework; cap bytes given by the caller, or NULL */
    size_t brief_cap;
};
/* 0, or -errno: could not judge (said on the log). */
int csan__session_judge(uint32_t since, const struct full_regs *at, struct outcome *out);
uint32_t csan__session_findings(void); /* of this process so far */

/* --- stop.c */
struct world;
struct arena;
int csan__stop_world(const struct full_regs *judge_at, struct arena *scratch, struct world *out);
void csan__start_world(void);
/* A hook leaves while the world is to stop: stand still here. */
void csan__stop_stand_still(struct thread *self);
extern uint32_t csan__stop_wanted;
/* inside is not 0. False: it is now; the thread had been let sleep, and the world has gone on. */
CSAN_COLD bool csan__stop_is_inside(struct thread *self);
static CSAN_ALWAYS_INLINE bool csan__session_is_inside(struct thread *self)
{
    return CSAN_UNLIKELY(self->inside) && csan__stop_is_inside(self);
}
/* Into csan's own code; false: the thread is there already. */
static CSAN_ALWAYS_INLINE bool csan__session_enter(struct thread *self)
{
    if (csan__session_is_inside(self))
        return false;
    self->inside = 1;
    __asm__ volatile("" ::: "memory");
    return true;
}
/* Out of it: the world may have been told to stop meanwhile. */
static CSAN_ALWAYS_INLINE void csan__session_leave(struct thread *self)
{
    __asm__ volatile("" ::: "memory");
    self->inside = 0;
    __asm__ volatile("" ::: "memory");
    if (CSAN_UNLIKELY(__atomic_load_n(&csan__stop_wanted, __ATOMIC_RELAXED)))
        csan__stop_stand_still(self);
}
/* One level deeper, where it may be inside already; and up again. */
static inline void csan__session_deeper(struct thread *self)
{
    self->inside++;
    __asm__ volatile("" ::: "memory");
}
static inline void csan__session_up(struct thread *self)
{
    if (self->inside > 1)
        self->inside--;
    else
        csan__session_leave(self);
}

/* --- fork.c */
void csan__session_atfork_register(void);
void csan__session_before_fork(void);
void csan__session_after_fork(bool in_child);

/* --- family.c */
void csan__family_forking(void); /* its page, before the first child; under every lock */
void csan__family_forked(void);
void csan__family_found(uint32_t findings);    /* tells every ancestor */
void csan__family_reaped(int pid, int status); /* a wait call has seen this */
uint32_t csan__family_findings(void);          /* of children that have ended */

/* --- fatal.c */
void csan__fatal_start(void);
/* The handler of fatal signals: the verdict, and the end that the signal means. */
void csan__fatal_end(int sig, siginfo_t *info, void *context);
/* What the program believes that sig does, where csan stands in for the default; false: what is. */
bool csan__fatal_seen(int sig, struct sigaction *out);
/* The program sets this: true: the default again, csan goes on standing in; false: set it. */
bool csan__fatal_keep(int sig, const struct sigaction *act);
/* The program has set this: csan stands in when it is the default. */
void csan__fatal_set(int sig, const struct sigaction *act);

/* --- dump_signal.c */
bool csan__dump_signal_is(int sig);
void csan__dump_signal_taken(int sig); /* a sigwait of the program's has had it */
/* A sigwait of the program's for this set ended with EINTR: because the watchdog was quicker, and
 * has sent the signal again? Then the wait is to begin again. *passed: csan__dump_signal_passed()
 * of before. */
uint32_t csan__dump_signal_passed(void);
bool csan__dump_signal_stolen(const sigset_t *set, uint32_t *passed);

/* --- log.c */
void csan__log_start(void);
int csan__log_fd(void);           /* opened on first use; -1: nowhere to write */
int csan__log_stderr(void);       /* -1: it is closed, or something else by now */
void csan__log_keep_stderr(void); /* exit's handlers are about to close it */
void csan__log_done(void);
bool csan__log_color(int fd);
void csan__log_full(long error); /* the report could not be written: said on stderr */
void csan__log_line(const char *text, size_t length);

/* --- helper.c */
void csan__helper_find(char **environment); /* at start: where the csan command is */
/* Runs the csan command to its end; said: what it wrote to its standard output, as far as it fits.
 * 0, or -errno: it was not started (-ENOENT: there is none). In a verdict. */
int csan__helper_run(const char *const *argv, char *said, size_t room);

/* --- watchdog.c */
typedef int csan__thread_create_fn(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
/* libc's pthread_create: told by hook/guard.c before anything can need it. */
extern csan__thread_create_fn *csan__watchdog_create;
/* There is to be one from now on: a second thread is about to be. Cheap when there is. */
void csan__watchdog_need(void);

/* --- threads.c */
struct range;
/* A thread of pthread_create or thrd_create: what it was given, what it returned, its stack. */
struct started;
struct started *csan__started_add(void *argument, uint32_t stack); /* stack: who creates it */
void csan__started_running(struct started *s, struct thread *self);
void csan__started_named(struct started *s, uintptr_t handle, bool detached);
struct started *csan__started_self(void); /* of the calling thread; NULL: not one of these */
void csan__started_ended(struct started *s, void *result);
void csan__started_failed(struct started *s);
void csan__started_gone(uintptr_t handle, bool detached); /* joined or detached */
uint32_t csan__started_count(void);                       /* ever */
uint32_t csan__started_roots(struct range *out, uint32_t max);
uint32_t csan__started_held(uintptr_t *out, uint32_t max);
/* Joinable ones that still run, or have ended and were not joined. The world is stopped. */
struct left_thread;
uint32_t csan__started_left(struct left_thread *out, uint32_t max);
/* Waits, a tenth of a second at most, for those that were created after `since` and still run. */
void csan__started_settle(uint32_t since);
uint32_t csan__started_dead_stacks(struct range *out, uint32_t max);
void csan__started_forked(void);

#endif
