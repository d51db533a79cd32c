/* What heap.c does for the hooks of other names of malloc and free: hook/new.c. */
#ifndef CSAN_HOOK_HEAP_H
#define CSAN_HOOK_HEAP_H

#include "record/block.h"
#include "record/unwind.h"

/* NULL: no memory, more than any allocator gives, or csan itself is calling: ask the real one. */
void *csan__heap_make(size_t align, size_t n, enum block_family family, const struct regs *at);
/* p came from a real function of that family past heap_make. */
void csan__heap_made(void *p, enum block_family family);
void csan__heap_give(void *p, enum block_family as, const char *call, const struct regs *at);

#endif
