/* Where a buffer that the program names lies, and how far it may reach. No state. Needs block. */
#ifndef CSAN_DETECT_SHARE_EXTENT_H
#define CSAN_DETECT_SHARE_EXTENT_H

#include "base/base.h"

struct extent {
    uintptr_t lo;
    size_t bytes;   /* n, or what is there; n cut to room */
    size_t room;    /* from lo to the end of the block; n where there is none */
    uintptr_t home; /* start of the live heap block that holds lo; 0: none */
};

struct extent csan__extent_of(uintptr_t lo, size_t n);
/* May it be a program's memory at all: it begins beyond the first pages and ends below the
 * kernel's.
 */
bool csan__extent_is_memory(const struct extent *e);

#endif
