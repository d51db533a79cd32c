/* What one verdict sees of the waits: every site, those of the waits that go on too, and what they
 * come to by stack or by lock.
 *
 * In the scratch arena of the verdict, while the world stands. Needs wait_site, wait_time; used by
 * detect/wait and wait_report. */
#ifndef CSAN_DETECT_WAIT_VIEW_H
#define CSAN_DETECT_WAIT_VIEW_H

#include "base/arena.h"
#include "detect/remedy.h"
#include "detect/wait_site.h"
#include "record/thread.h"

struct wait_view {
    struct wait_site **sites;
    uint32_t count, since;
    uint32_t ended; /* of them; the rest goes on */
};

/* What the sites of one waiter's stack, or of one lock, come to. */
struct wait_sum {
    struct histogram waits;
    struct longest_wait longest;
    struct why why;
    const struct wait_site *at; /* of the longest wait, or of the most waiting */
    bool several;               /* locks */
};

/* 0 or -ENOMEM. */
int csan__wait_view_gather(struct wait_view *v, uint32_t since, struct arena *scratch);
bool csan__wait_view_is_judged(const struct wait_site *s, uint32_t since);
/* Is the i-th the first that is judged with its stack (or of its lock)? */
bool csan__wait_view_is_first(const struct wait_view *v, uint32_t i, bool by_lock);
/* All sites with the stack of the i-th, which is the first of them. */
void csan__wait_view_of_stack(const struct wait_view *v, uint32_t i, struct wait_sum *sum);
/* All sites of the lock of the i-th; sum->at is where the most of the waiting is. */
void csan__wait_view_of_lock(const struct wait_view *v, uint32_t i, struct wait_sum *sum);
/* By which stacks the waits for a lock came. */
void csan__wait_view_paths(const struct wait_view *v, const struct wait_site *at,
                           struct contested *c);
/* All waits for a lock, judged or not: how many, and for how long. */
void csan__wait_view_all(const struct wait_view *v, const struct wait_site *at, uint64_t *count,
                         uint64_t *ns);
/* A thread that waits for a lock and has not been told of: *copy has what for. */
bool csan__wait_view_goes_on(const struct thread *t, struct sync *copy);
bool csan__wait_is_lock(enum sync_kind kind);

#endif
