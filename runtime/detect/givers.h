/* Who ever gave what others wait for: semaphores posted, conditions signalled, by object.
 *
 *   object ──▶ giver: ever, when last ──▶ site: call, stack, times, the last thread
 *
 * Of an object the first GIVER_SITES places are told apart, of further ones nothing is told. A table of
 * fixed size without locks: words are written atomically, and a count may miss one when two threads
 * give at once; when it is full, of further objects nothing is known. Forgotten when the object is
 * destroyed or its memory freed.
 * Needs record/sync; heard by detect/blocked for all of detect, used by blocked, hang and picture.
 */
#ifndef CSAN_DETECT_GIVERS_H
#define CSAN_DETECT_GIVERS_H

#include "detect/crowd.h"
#include "record/finding.h"
#include "record/sync.h"

#define GIVER_SITES 3u

struct giver_site {
    uint32_t stack, times;
    int tid; /* the last */
    const char *call;
};

struct giver {
    uintptr_t object;
    uint64_t last_ns;
    bool given; /* false: by nobody that we know of */
    struct giver_site sites[GIVER_SITES];
};

void csan__givers_hear(const struct sync_event *e);
struct giver csan__givers_of(uintptr_t object);
/* Whoever gave last from each place waits at this stack by now, where anybody gave. */
bool csan__givers_wait_at(const struct giver *g, uint32_t stack);
/* "sem_post came 12 times, last from thread 4711, 3.2 s ago", with its stack: a party a site; or
 * "nobody has ever posted it", for what is only ever given. 0 or -ENOMEM. */
int csan__givers_tell(const struct giver *g, uint32_t kind, uint64_t now_ns, struct finding *f,
                      struct findings *out);
/* Of what a group waits for at this moment: "held by thread 4711, which took it 3.2 s ago", or the
 * above. */
int csan__givers_tell_of(const struct crowd_group *g, uint64_t now_ns, struct finding *f,
                         struct findings *out);

#endif
