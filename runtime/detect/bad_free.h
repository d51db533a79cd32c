/* bad-free: a block freed twice, in another way than it was made, or spoilt; and what malloc never
 * gave.
 *
 * The hooks ask before they pass a free on. What is provably wrong is noted here, and the hook does
 * not pass it on; judge() tells of it. Of memory that csan does not know (from before it was there,
 * or got past its hooks) nothing is said unless libc itself would have to refuse it
 * (record/chunk.h). Any thread, inside the guard; takes LOCK_BADFREE. Needs record; used by
 * hook/heap. */
#ifndef CSAN_DETECT_BAD_FREE_H
#define CSAN_DETECT_BAD_FREE_H

#include "record/block.h"
#include "record/thread.h"
#include "record/unwind.h"

struct free_call {
    struct thread *thread;
    const struct regs *at;
    const char *name; /* "free", "realloc" … */
    uintptr_t addr;
    enum block_family as;
};

/* addr is no live block. True: it is wrong, and noted. */
bool csan__bad_free_unknown(const struct free_call *c);
/* A block that was live, and is in the account no more: DROP_DAMAGED or DROP_OTHER_FAMILY. */
void csan__bad_free_block(const struct free_call *c, const struct block *b, enum block_drop why);
/* free_sized and its like were given another size than malloc. */
void csan__bad_free_size(const struct free_call *c, const struct block *b, size_t given);

#endif
