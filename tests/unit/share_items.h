/* What the suites of record/share have in common: a cached buffer. */
#ifndef SHARE_ITEMS_H
#define SHARE_ITEMS_H

#include "record/share.h"
#include "suite.h"

static inline struct share_item *item(uintptr_t lo, size_t bytes, uintptr_t home)
{
    struct share_item *i = csan__share_add(lo, bytes, home);
    ck_assert_ptr_nonnull(i);
    i->state = SHARE_CACHED;
    return i;
}

#endif
