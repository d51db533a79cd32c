/* csan's own memory: bump-allocated from mappings, never from malloc, never given back one by one.
 *
 * For tables and records that live as long as the process. A scratch arena, for one verdict, is
 * thrown away whole. Allocation is zeroed and 16-aligned. NULL when there is no memory: callers
 * degrade and count. csan__arena_alloc is thread-safe; a struct arena belongs to one thread. */
#ifndef CSAN_BASE_ARENA_H
#define CSAN_BASE_ARENA_H

#include "base/base.h"

struct arena_chunk;
struct arena {
    struct arena_chunk *chunks;
    char *at;
    char *end;
    size_t mapped_bytes;
};

void *csan__arena_alloc(size_t bytes); /* process-wide, for ever */

void *csan__arena_scratch_alloc(struct arena *a, size_t bytes);
char *csan__arena_scratch_copy(struct arena *a, const char *text, size_t length);
void csan__arena_scratch_free(struct arena *a);

/* True when p lies in memory of the process-wide arena (csan's own: no root, no block). */
bool csan__arena_owns(const void *p);
/* Test seam: the Nth mapping from now fails once (0: off). */
void csan__arena_fail_nth(unsigned n);

#endif
