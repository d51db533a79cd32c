/* Where threads wait for a lock: one site for each lock, stack of the waiter, and mark.
 *
 *   (object, stack, epoch) ──▶ site: histogram, reasons, and the longest wait with its holder
 *
 * A site is made once and never given back; with too many of them one serves all locks and marks of
 * a stack. Any thread may add, without a lock: two that meet at a site do not wait for each other,
 * but for the moment in which one of them notes a new longest wait.
 * Needs contest, histogram, load, record/name; used by detect/wait, wait_view, wait_report,
 * wait_locks. */
#ifndef CSAN_DETECT_WAIT_SITE_H
#define CSAN_DETECT_WAIT_SITE_H

#include "detect/contest.h"
#include "detect/histogram.h"
#include "detect/load.h"

struct longest_wait {
    uint64_t ns;                        /* judged */
    uint64_t holder_off_ns, own_off_ns; /* in it, and not judged: detect/wait_time */
    int holder_tid;
    uint32_t holder_stack;
    struct load load;
};

struct wait_site {
    uintptr_t object; /* 0: any */
    uint32_t stack, epoch;
    uint32_t life; /* of the object: 0 now, else an earlier lock at this address */
    uint32_t is_told, is_noting;
    bool goes_on; /* these waits have not ended; made for one verdict */
    enum sync_kind kind;
    const char *call;
    const char *name; /* of a lock that is no more; NULL: none */
    struct longest_wait longest;
    struct why why; /* under is_noting */
    struct histogram waits;
};
#define WAIT_EVERY_MARK UINT32_MAX /* the epoch of a site that serves all */

/* Of this lock, stack and mark, made when there is none; NULL: no room. */
struct wait_site *csan__wait_site_of(uintptr_t object, uint32_t stack);
bool csan__wait_site_is(const struct wait_site *s, uintptr_t object, uint32_t stack,
                        uint32_t epoch);
bool csan__wait_site_is_same_lock(const struct wait_site *a, const struct wait_site *b);
/* One more wait, of which l->ns count; the holder and the load are filled in where it is the
 * longest. */
void csan__wait_site_add(struct wait_site *s, struct longest_wait *l, const struct why *why,
                         const struct sync_event *e);
/* Locks in [object, object + bytes) are no more: who waits here from now on waits for another. */
void csan__wait_site_retire(uintptr_t object, size_t bytes);
/* All that there are, NULL where one is being made. */
uint32_t csan__wait_sites(struct wait_site *const **out);
void csan__wait_sites_forked(void);

#endif
