/* Everybody at this moment: all threads of the process, grouped by stack, for a dump.
 *
 *   who waits by a hook's word (crowd.h) ─┐
 *   who runs, by its registers ───────────┴─▶ one finding a group, the largest first: what, note,
 *                                             stack, who holds or gives what they wait for
 *
 * The findings are facts, and nobody's fault. While the world stands, under LOCK_TICK.
 * Needs crowd, givers, standing; used by session/dump.c. */
#ifndef CSAN_DETECT_PICTURE_H
#define CSAN_DETECT_PICTURE_H

#include "record/finding.h"
#include "record/world.h"

/* 0 or -ENOMEM. *threads: how many there are, csan's own left out. */
int csan__picture_take(const struct world *w, struct findings *out, uint32_t *threads);

#endif
