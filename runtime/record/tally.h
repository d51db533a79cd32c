/* Tally: how much the program has allocated, by mark; for csan_stats.
 *
 *   each thread's record: calls and bytes so far      one word: bytes that live now
 *   by mark (epoch):      the sums at that moment     the most that lived until the next mark
 *
 * Since a mark: the sums now less those then; the peak is the highest of all marks since, less what
 * lived at the mark. All of it is exact while one thread runs; of others' calls in that very moment
 * some may be in one number and not in another. Counting begins with the first mark (of a
 * program that asks, at its start): until then it costs a hook one test of a flag. Any thread, no
 * lock; memory is csan's, mapped once, touched mark by mark. Needs record/block, thread; used by
 * hook/heap.c, session. */
#ifndef CSAN_RECORD_TALLY_H
#define CSAN_RECORD_TALLY_H

#include "record/sync.h"
#include "record/thread.h"

struct tally {
    uint64_t allocations, frees, bytes, temporary;
    uint64_t lock_waits, lock_wait_ns;
    uint64_t peak_bytes;
};

extern bool csan__tally_on;

/* The epoch has begun now. No memory: nothing is counted. */
void csan__tally_mark(uint32_t epoch);
struct tally csan__tally_since(uint32_t epoch);

/* Behind the flag; asked: bytes. */
CSAN_COLD void csan__tally_born(struct thread *t, uintptr_t p, size_t asked);
CSAN_COLD void csan__tally_died(struct thread *t, uintptr_t p, size_t asked, bool by_realloc);
bool csan__tally_is_valid(void);
void csan__tally_sync(const struct sync_event *e); /* a listener of record/sync.h */

#endif
