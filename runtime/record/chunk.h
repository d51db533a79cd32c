/* What glibc's malloc would make of an address that is freed: a block in use, a free one, or none.
 *
 *   addr-16   addr-8       addr                    addr-16+size
 *   ┌─────────┬────────────┬────────┬─────────┬────┬─────────┬──────────────┐
 *   │ prev    │ size |flags│ (next) │ (key)   │ …  │ prev    │ size |P flag │
 *   └─────────┴────────────┴────────┴─────────┴────┴─────────┴──────────────┘
 *
 * Of what glibc gave and has not got back, all of this holds: 16-byte alignment, a size of at least
 * 32 in steps of 16, whole pages where it is a mapping of its own, P set in the chunk that follows.
 * What it has back is in a thread's cache (the key), in a fast bin (a list in the arena), in
 * another bin (P clear behind it, or behind what it was joined with), or part of the arena's top.
 * So NONE and FREE are proofs; USED is the rest, and what is not known (a sandbox may forbid to
 * ask). Reads by copies: never faults. Layout: glibc's malloc/malloc.c, struct malloc_state,
 * unchanged from 2.26 to 2.42. Any thread. Needs base, record/module; used by hook/heap,
 * detect. */
#ifndef CSAN_RECORD_CHUNK_H
#define CSAN_RECORD_CHUNK_H

#include "base/base.h"

enum chunk { CHUNK_USED, CHUNK_FREE, CHUNK_NONE };

/* What was learnt of this libc's malloc; 0: not known. */
struct chunk_signs {
    uintptr_t key; /* what thread caches write into a free block */
    uintptr_t main_arena;
};

/* This process's: set once, by the hook layer at start. */
extern struct chunk_signs csan__chunk_signs;

/* Is that one of malloc's own variables? What it points to is nobody's reference. */
bool csan__chunk_is_mallocs(uintptr_t at);
enum chunk csan__chunk_state(uintptr_t addr, const struct chunk_signs *signs);
/* From two small blocks just freed, and one too large for a thread's cache. */
struct chunk_signs csan__chunk_learn(uintptr_t small, uintptr_t other, uintptr_t middling);

#endif
