/* A thread of this process as /proc tells of it: does it sleep and in which call, how often it has
 * run, how long it stood in the run queue; and which threads there are.
 *
 * Microseconds a question; keeps nothing; any thread may ask. Limits: the kernel may lack
 * schedstat, and /proc may not be there: then the answer is "not known". Needs record/proc;
 * used by session/stop and what it is made of, session/watchdog, detect/waits_for, wait_time,
 * misuse and roots. */
#ifndef CSAN_RECORD_TASK_H
#define CSAN_RECORD_TASK_H

#include "base/base.h"

struct full_regs; /* record/unwind.h */

#define TASK_UNKNOWN (-1L)
#define TASK_RUNNING (-2L)

/* Words of its stat, by their numbers in proc(5). */
enum task_field {
    TASK_STATE = 3,    /* a character */
    TASK_THREADS = 20, /* of the process */
    TASK_BRK = 47      /* where the heap begins; not of a thread that has ended */
};
/* Without numbers: where /proc is another namespace's, threads have other ones there. */
enum task_who { TASK_FIRST, TASK_SELF };
/* 0: not known. */
uint64_t csan__task_stat(enum task_who who, enum task_field field);
/* The first thread, by pthread_exit: it stays in the list, as a zombie. */
bool csan__task_first_has_ended(void);
/* The number of the system call that it sleeps in, and what it gave the kernel: arguments, stack
 * pointer, program counter; the other registers are 0. Negative: TASK_RUNNING (which a page fault
 * is as well) or TASK_UNKNOWN. */
long csan__task_call(int tid, struct full_regs *at);
/* How often the kernel has let it run; 0: not known. */
uint64_t csan__task_runs(int tid);
/* Time that it could have run and did not, since it began, in ns; 0: not known. */
uint64_t csan__task_queued_ns(int tid);

struct tasks {
    int fd;
    _Alignas(8) char buf[8192]; /* the kernel's entries begin at multiples of 8 */
    long bytes, at;
};

/* All threads there are: 0 or -errno; numbers, then 0; close. */
int csan__tasks_open(struct tasks *all);
int csan__tasks_next(struct tasks *all);
void csan__tasks_close(struct tasks *all);

#endif
