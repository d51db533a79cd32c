/* What the files of session/ share with each other and with nobody else. */
#ifndef CSAN_SESSION_PRIVATE_H
#define CSAN_SESSION_PRIVATE_H

#include "base/text.h"
#include "session/session.h"

/* start.c: in the child after fork: the account begins anew. */
void csan__session_new_process(void);
/* Epoch from which this process answers for its blocks. */
uint32_t csan__session_first_epoch(void);

/* stop.c: in the child after fork: nobody is stopped, nobody is to be. */
void csan__stop_forked(void);

/* start.c: the page shared with the runner; NULL when there is none. */
struct handshake;
struct handshake *csan__session_handshake(void);

/* public.c: ranges added by csan_add_root; at most max. */
struct range;
uint32_t csan__public_roots(struct range *out, uint32_t max);

/* judge.c: csan cannot judge any more (a table is full): every verdict from now on is 87. */
void csan__session_give_up(const char *why);
bool csan__session_has_given_up(void);

/* judge.c: runs it as a verdict is given: one at a time, on csan's stack, with descriptors free and
 * the watchdog paused. 0 or -ENOMEM. */
int csan__judge_borrow(void (*run)(void *arg), void *arg);
/* judge.c: 0, or -errno: what stood in the way of a check; every verdict from now on is 87. */
void csan__judge_failed(int error);

/* census.c: a round of `name` has ended now, or a run of that test. */
void csan__census_round(const char *name, uint32_t test_since, const struct full_regs *at);
/* What was allocated since a mark and lives. 0 or -errno. */
struct living {
    uint32_t since; /* in: epoch */
    uint64_t blocks, bytes, slack_bytes;
};
int csan__census_living(struct living *out, const struct full_regs *at);

/* told.c: findings for csan_on_report, made in a verdict, and given to it when its lock is free. */
struct report;
struct csan_report;
struct csan_report *csan__told_make(const struct report *r);
void csan__told_call(const struct csan_report *all, uint32_t count);

/* out.c: the process's record for machines. start: 0, or -errno and *why. findings: called in a
 * verdict. end: the record is whole; goes_on: the process may go on after all (exec), and one
 * without findings needs no record. */
int csan__out_start(struct text *why);
void csan__out_begin(void); /* a forked child begins now */
void csan__out_findings(const struct report *r);
/* Each once a process, however often it is judged. */
void csan__out_notes(const struct report *r);
void csan__out_end(bool goes_on);
/* out_locks.c: a line a lock that was waited for; how many. */
struct json;
uint32_t csan__out_locks(struct json *j, int pid);
/* What files of out have in common. */
void csan__out_put_reason(struct text *t, long error);
void csan__out_put_name(struct text *t, int pid, uint32_t number, const char *extension);
long csan__out_rename(const char *from, const char *to); /* -EEXIST: never over another file */
/* --- out_file.c. Another file, written aside: fd is where, and close renames it when error is 0.
 */
struct out_file {
    int fd;
    int pid;
    const char *test, *extension; /* of a name in the folder; test NULL: none */
    const char *path;             /* the name that it gets, where the caller gave one */
    char part[4608];              /* "": PATH is no file, and is written to as it is */
};
/* DIR/PROGRAM.PID.TEST.EXTENSION.pb.gz. 0 or -errno. */
long csan__out_open(struct out_file *f, const char *test, const char *extension);
long csan__out_open_path(struct out_file *f,
                         const char *path); /* takes the place of what is there */
long csan__out_close(struct out_file *f, long error);

/* profile.c */
void csan__profile_start(void);
void csan__profile_forked(void);
void csan__profile_end(const struct full_regs *at); /* all of them, where out is set */
int csan__profile_dump(const char *kind, const char *path, const struct full_regs *at);
bool csan__out_has_failed(void); /* it could not be written, and that was said */

struct range csan__judge_stack(void);

/* scene.c: the world stopped, with all that is to be known of it; of its memory only if asked. 0 or
 * -errno; csan__start_world afterwards. */
struct world;
struct arena;
int csan__scene_stop(const struct full_regs *at, struct arena *scratch, bool with_memory,
                     struct world *out);

/* who.c */
struct range;
int csan__who_points_at(struct range at, const struct full_regs *caller, int fd);
struct findings;
struct report;
/* Names for all stacks, in one question to the helper; NULL: no memory. */
struct shown *csan__judge_resolve(const struct findings *found, struct report *r);

/* dump.c: all threads, by stack. */
void csan__session_dump(const struct full_regs *at);
/* dump_signal.c */
void csan__dump_signal_start(void);
bool csan__dump_signal_wanted(void);      /* a dump is owed; asked once */
void csan__dump_signal_nap(uint64_t ns);  /* the watchdog's sleep */
void csan__dump_signal_exec(bool begins); /* the image is about to be replaced; or was not */
void csan__dump_signal_forked(void);
bool csan__dump_signal_seen(int sig, struct sigaction *out);
bool csan__dump_signal_keep(int sig, const struct sigaction *act);

/* watchdog.c: see there. */
int csan__watchdog_tid(void);            /* 0: none */
bool csan__watchdog_is_at(uintptr_t sp); /* that is its stack */
void csan__watchdog_pause(void);
void csan__watchdog_go_on(void);
void csan__watchdog_forked(void);       /* in the child */
void csan__watchdog_need_of_test(void); /* one that may hang, with one thread alone */
void csan__watchdog_flush(void);        /* stdio, but for a stream that a thread hangs in */

/* ending.c: on the watchdog: these detectors say that something is wrong. Ends the process; returns
 * when what they found is accepted. */
void csan__session_stuck(uint32_t detectors);
/* On a thread of the program's, in a signal handler: a test that must not go on ends here. mask:
 * the thread's signals, without the handler. Returns where a test cannot be ended, or nothing is
 * wrong.
 */
void csan__session_stop_at(const struct full_regs *at, const uint64_t *mask);

#endif
