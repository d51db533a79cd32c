/* Memory, read as words and only where that is safe: unreadable pages are passed over, pages that
 * were never touched are not touched now, and a file that has shrunk kills nobody.
 *
 * World stopped, block account frozen (record/readable knows which memory is whose). One reader a
 * thread; holds a descriptor while open. Needs record/block, readable; used by mark, pointers,
 * path.
 */
#ifndef CSAN_DETECT_MEMORY_H
#define CSAN_DETECT_MEMORY_H

#include "base/os.h"
#include "record/block_map.h"
#include "record/readable.h"

#define MEMORY_SPARSE ((size_t)256 << 10) /* from here on it pays to ask which pages exist */

struct memory {
    long pagemap;     /* descriptor, or -errno */
    bool in_valgrind; /* it has memory here that comes and goes */
    uint64_t pages[CSAN_PAGE / sizeof(uint64_t)];
    char copy[CSAN_PAGE] __attribute__((aligned(16)));
};

typedef const uintptr_t __attribute__((may_alias)) memory_word;

void csan__memory_open(struct memory *m);
void csan__memory_close(struct memory *m);
/* Hands over the aligned words of [lo, hi) that exist, ascending, a span at a time. `words` may be
 * a copy; `at` is the address of the first. */
typedef void memory_visit(memory_word *words, size_t n, uintptr_t at, void *arg);
void csan__memory_each(struct memory *m, uintptr_t lo, uintptr_t hi, memory_visit *visit,
                       void *arg);

/* The same by copies, pages that were never touched too: for what the program itself names a root.
 */
void csan__memory_each_copy(struct memory *m, uintptr_t lo, uintptr_t hi, memory_visit *visit,
                            void *arg);

/* Asked bytes of the live block at start; false: its memory cannot be read. */
static CSAN_ALWAYS_INLINE bool csan__memory_asked(uintptr_t start, size_t *asked)
{
    size_t header = 0;
    if (CSAN_LIKELY(csan__block_chunk_headers) &&
        CSAN_LIKELY(csan__readable_has(start - 16, start)))
        header = ((memory_word *)start)[-1];
    size_t usable = csan__block_usable_by_header(header);
    if (CSAN_LIKELY(header != 0) && usable - BLOCK_TAIL < BLOCK_LARGE - BLOCK_TAIL &&
        CSAN_LIKELY(csan__readable_has(start, start + usable))) {
        uint64_t word = *(account_word *)(start + usable - BLOCK_TAIL);
        if (CSAN_LIKELY(csan__account_tells(start, usable, word))) {
            *asked = usable - BLOCK_TAIL - csan__account_slack(word);
            return true;
        }
    }
    struct block b;
    if (!csan__block_at(start, &b))
        return false;
    *asked = b.asked;
    return true;
}

#endif
