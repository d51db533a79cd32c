/* Shares of what was never published: csan_share gave the pointer back as it was, and its release
 * is to be none of a share.
 *
 * A table of fixed size: what is forgotten is never reported. Any thread; a lock of its own
 * (LOCK_BORROW). Needs base/lock, block. */
#ifndef CSAN_RECORD_SHARE_STRANGER_H
#define CSAN_RECORD_SHARE_STRANGER_H

#include "base/base.h"

void csan__share_stranger(uintptr_t addr);
/* True: it was one of those, or it cannot be told. */
bool csan__share_stranger_released(uintptr_t addr);

#endif
