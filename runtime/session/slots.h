/* The other threads of the process, by their numbers, while the world is stopped: one slot each, in
 * a table with open addressing.
 *
 *   IDLE ─► FOUND ─► ASLEEP ─► ASKED ─► STANDING ─► IDLE
 *             │         └────────────────▲
 *             └─► GONE
 *
 * The judge makes the table and writes to it; but that it stands says the thread itself, which was
 * asked (ASKED) or let sleep (ASLEEP). Slots stay from stop to stop, for signals that come late; an
 * outgrown table stays mapped, as a late signal's handler may be reading it. Signal-safe: find and
 * change. Needs base, record/thread; used by stop.c and sleepers.c. */
#ifndef CSAN_SESSION_SLOTS_H
#define CSAN_SESSION_SLOTS_H

#include "record/thread.h"
#include "record/unwind.h"
#include "record/world.h"

enum slot_state { SLOT_IDLE, SLOT_FOUND, SLOT_ASKED, SLOT_ASLEEP, SLOT_STANDING, SLOT_GONE };

struct slot {
    int tid;
    uint32_t state; /* enum slot_state */
    uint32_t owed;  /* signals sent to it that have not arrived yet */
    long call;      /* system call the thread slept in when it was asked; negative: none */
    uintptr_t call_pc;
    uintptr_t sp;
    struct range saved;
    uintptr_t thread_pointer;
    struct thread *record;             /* while the world stands */
    uint64_t runs;                     /* of who was let sleep: how often it had run; 0: was not */
    const struct full_regs *asleep_at; /* and what it gave the kernel */
};

/* Room for twice the threads there are: new ones may start until all stand still. 0 or -ENOMEM. */
int csan__slots_make(uint32_t threads);
uint32_t csan__slots_max(void); /* no more are in use */
struct slot *csan__slots_find(int tid);
struct slot *csan__slots_add(int tid); /* NULL: no room */
/* Those in use, one after the other; NULL: the first, or there are no more. */
struct slot *csan__slots_next(struct slot *s);
/* Which record is whose: in one pass over each. */
void csan__slots_find_records(void);
void csan__slots_forked(void);

bool csan__slot_is(const struct slot *s, enum slot_state state);
/* False: it is in another state by now. */
bool csan__slot_change(struct slot *s, enum slot_state from, enum slot_state to);

#endif
