/* Who waits where, at this moment: the threads of the process by the stack of their current wait.
 *
 *   thread records ──▶ crowd ──▶ group: stack ─ how many, the longest, for what
 *
 * In memory of csan's that grows with the number of threads and is kept. One at a time: the
 * watchdog's tick, or a verdict (both under LOCK_TICK, see session/watchdog.c).
 * Needs record/sync; used by detect/blocked, detect/hang and
 * detect/picture. */
#ifndef CSAN_DETECT_CROWD_H
#define CSAN_DETECT_CROWD_H

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
/* "one mutex" */
const char *csan__crowd_object_name(uint32_t kind);
/* "12 threads wait in pthread_cond_wait", as a party of f. 0 or -ENOMEM. */
int csan__crowd_party(struct findings *out, struct finding *f, const struct crowd_group *g);

#endif
