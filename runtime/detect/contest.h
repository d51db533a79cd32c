/* One lock that threads wait for, and why they wait: who took it in turn, and what held the holders
 * up.
 *
 *   a wait    |···········|···············|·······|        takings: a ring of the last, with stacks
 *   holders   A took it   B got it next   C        me
 *   naps                      ▒▒▒▒▒▒▒▒▒▒                   B's call that blocked, or its wait for
 *                                                          another lock: a ring of the last
 *
 * When a wait ends it is laid over both rings. Nothing of it costs the holder anything but when it
 * blocks while it holds the lock. Who takes the lock without a wait, in between, is not seen: that
 * time counts for who was seen before. Lock by lock, in a table of fixed size: what finds its place
 * taken by another lock that is waited for has no reasons, no more. Any thread; a few words are
 * written under a spin. Needs record/sync; used by detect/wait.c. */
#ifndef CSAN_DETECT_CONTEST_H
#define CSAN_DETECT_CONTEST_H

#include "record/sync.h"

/* What the holder was itself held up by, in waits that were not its own. */
struct nap {
    uint64_t ns;
    uint64_t longest_ns; /* of one wait; the rest is of that one */
    uint32_t stack;
    enum sync_kind kind;
    const char *call;
    uintptr_t object;
};

struct holder_share {
    uint32_t stack; /* where it was taken */
    uint64_t ns;
};
#define WHY_HOLDERS 4u /* of more, those with the least time are left out */

/* Of one wait, or of many. */
struct why {
    struct nap call, lock; /* a call that blocks; another lock */
    uint32_t handed;       /* waits that ended with the lock, */
    uint32_t crowded;      /* and left two or more behind */
    uint32_t met_writer;   /* waits for a rwlock while one wrote, */
    uint32_t to_write;     /* and wanted to write as well */
    struct holder_share holders[WHY_HOLDERS];
};

void csan__why_add(struct why *to, const struct why *from);

/* Events of the lock's: WAIT_BEGINS, WAIT_ENDED (then *out tells why, `ns` of it count), GAVE. */
void csan__contest_begin(const struct sync_event *e);
void csan__contest_end(const struct sync_event *e, uint64_t ns, struct why *out);
void csan__contest_left(uintptr_t object); /* WAIT_LEFT: one less waits */
void csan__contest_section(const struct sync_event *e);
/* The thread of the event was held up while it held locks: WAIT_ENDED of another lock, or NAPPED.
 */
void csan__contest_napped(const struct sync_event *e);
/* A wait that goes on, of which `ns` count; what holds its holder up now is asked of the records.
 * The world stands. */
void csan__contest_so_far(const struct sync_event *e, uint64_t ns, struct why *out);

/* Its sections of which the end was seen: one in sixteen. */
struct sections {
    uint32_t count;
    uint32_t brief; /* that took less than SECTION_BRIEF_NS */
};
#define SECTION_BRIEF_NS 1000u
struct sections csan__contest_sections(uintptr_t object);

void csan__contest_gone(uintptr_t object); /* another lock may come to lie there */
void csan__contest_forked(void);

#endif
