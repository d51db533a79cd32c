/* How findings speak of locks and threads: "mutex `row_cache.lock`", "mutex 0x5601a0c04040".
 *
 * Labels are made in the scratch arena of the verdict that they belong to; NULL: no memory. No
 * state, any thread. Needs base/text, record/sync; used by the detectors of locks. */
#ifndef CSAN_DETECT_LOCK_NAME_H
#define CSAN_DETECT_LOCK_NAME_H

#include "base/arena.h"
#include "base/text.h"
#include "record/finding.h"
#include "record/sync.h"

/* "mutex", "rwlock", "semaphore": what the program would call it. */
const char *csan__lock_noun(enum sync_kind kind);
void csan__lock_name(struct text *out, enum sync_kind kind, uintptr_t object);
/* The same of a lock that may be gone by now: name as it was then, or NULL. */
void csan__lock_name_as(struct text *out, enum sync_kind kind, uintptr_t object, const char *name);
/* "`row_cache.lock`", "0x5601a0c04040" */
void csan__lock_put(struct text *out, uintptr_t object, const char *name);
/* Where it was taken: the full stack, or its one known frame; 0: nothing is known, or
 * there is no such lock (object 0). */
uint32_t csan__lock_stack(const struct held *h);

/* One more party, whose label is copied; NULL: there is no room for it. */
struct finding_party *csan__lock_party(struct arena *scratch, struct finding *f, const char *label,
                                       uint32_t stack);

#endif
