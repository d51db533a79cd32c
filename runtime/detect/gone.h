/* Gone: a block that csan takes for live, and that libc has back: it was freed past csan's hooks,
 * by a plugin that was loaded with RTLD_DEEPBIND (it calls libc's own free), or through
 * __libc_free.
 *
 * Said of it is only what is proved: libc's malloc holds it for free, or for no block at all
 * (record/chunk.h), or it lies inside of another block whose account is whole. Where its memory was
 * given out again past csan, at the same address, nobody can tell. One thread, the account frozen;
 * reads by copies, so it is asked of blocks under suspicion alone: lost ones, spoilt ones. Needs
 * record/block, chunk; used by leak, bad_free. */
#ifndef CSAN_DETECT_GONE_H
#define CSAN_DETECT_GONE_H

#include "base/base.h"

bool csan__gone(uintptr_t start);

#endif
