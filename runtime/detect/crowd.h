/* Who waits where, at this moment: the threads of the process by the stack of their current wait.
 *
 *   thread records ──▶ crowd ──▶ group: stack ─ how many, the longest, for what
 *
 * In memory of csan's that grows with the number of threads and is kept. One at a time: the
 * watchdog's tick, or a verdict (both under LOCK_TICK, see session/watchdog.c).
 * Needs record/sync, lock_name; used by detect/blocked, hang, picture and threads_left. */
#ifndef CSAN_DETECT_CROWD_H
#define CSAN_DETECT_CROWD_H

#include "base/text.h"
#include "record/finding.h"
#include "record/sync.h"

#define CROWD_TIDS 4u

struct crowd_group {
    uint32_t stack; /* of the wait */
    uint32_t kind;  /* enum sync_kind */
    uint32_t threads;
    uint32_t timed; /* of these, how many end by themselves */
    uint64_t ns_min, ns_max;
    int tids[CROWD_TIDS]; /* of the first */
    uintptr_t object;     /* of one of them */
    const char *call;
    const char *name;   /* that the program gave to the one object; NULL: none */
    bool is_one_object; /* all wait for the same */
};

struct crowd {
    struct crowd_group *groups; /* most threads first */
    uint32_t ngroups;
    uint32_t waiting; /* threads in them */
    uint32_t others;  /* threads with a record that are not known to wait */
};

/* Those that have waited for at least_ns by now. False: no memory. What *out points to is good
 * until the next call. */
bool csan__crowd_look(uint64_t now_ns, uint64_t at_least_ns, struct crowd *out);
/* By hand: one more thread in a group, zeroed at first; then what its object is called. */
void csan__crowd_add(struct crowd_group *g, const struct waiting *w, int tid);
void csan__crowd_name(struct crowd_group *g);

/* "12 threads wait in sem_wait"; of kind SYNC_NONE "12 threads run", or "sleep in the kernel" where
 * that is the call */
void csan__crowd_put(struct text *out, const struct crowd_group *g);
/* "all for one semaphore", "for semaphore `permits`"; false: there is no such thing to say. */
bool csan__crowd_put_object(struct text *out, const struct crowd_group *g);
/* "12 threads wait in sem_wait for semaphore `permits`", as a party of f. */
void csan__crowd_party(struct findings *out, struct finding *f, const struct crowd_group *g);

#endif
