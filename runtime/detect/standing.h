/* Where a thread is: unwound from the registers that it left when it was told to stand still, the
 * judge's own included.
 *
 * For threads that run, or sleep where no hook knows of it. Only while the world stands, but for
 * csan__standing_at. Needs record/world, record/unwind, record/sync; used by detect/hang,
 * detect/picture and session. */
#ifndef CSAN_DETECT_STANDING_H
#define CSAN_DETECT_STANDING_H

#include "record/sync.h"
#include "record/unwind.h"
#include "record/world.h"

/* 0: not known (it runs on, or has gone into csan). */
uint32_t csan__standing_stack(const struct stopped_thread *t);
/* A hook knows that it waits: *out is for what, and where. */
bool csan__standing_waits(const struct stopped_thread *t, struct waiting *out);
/* The stack that these registers are on; 0: none. */
uint32_t csan__standing_at(const struct full_regs *at, bool exact, struct range stack);

#endif
