/* The checksum of a shared buffer: has anybody changed it?
 *
 *   lo ├──────── published ────────┤ behind it ┊ room
 *      └ body, but for its holes   └ tail: 4 KiB at most, of a heap block that may be moved
 *
 * Up to 48 KiB all of the body is read; of a longer one the first and the last 16 KiB, and 64
 * windows of 256 bytes between: what changes elsewhere is missed, and precise does not miss it.
 * Heap is read directly, everything else by copies: it may have been unmapped.
 * Multiply and fold, eight bytes a step, four at once (after Wang Yi's wyhash). The item is held.
 * Needs record/share. */
#ifndef CSAN_RECORD_SHARE_SUM_H
#define CSAN_RECORD_SHARE_SUM_H

#include "record/share.h"

/* How many bytes a sum of it reads. */
size_t csan__share_sum_cost(const struct share_item *i);

/* From now on the bytes must stay as they are. */
void csan__share_arm(struct share_item *i);

enum share_change { SHARE_SAME, SHARE_BODY_CHANGED, SHARE_TAIL_CHANGED };
/* Since it was armed; nothing has when it is not, or the owner's window is open. */
enum share_change csan__share_verify(const struct share_item *i);

#endif
