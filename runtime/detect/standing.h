/* The stack of a thread that was told to stand still: unwound from the registers that it left.
 *
 * For threads that sleep where no hook knows of it. Only while the world stands.
 * Needs record/world, record/unwind; used by detect/hang and detect/threads_left. */
#ifndef CSAN_DETECT_STANDING_H
#define CSAN_DETECT_STANDING_H

#include "record/world.h"

/* 0: not known (it runs on, or has gone into csan). */
uint32_t csan__standing_stack(const struct stopped_thread *t);

#endif
