#include "detect/share_extent.h"
#include "record/block.h"

#define FIRST ((uintptr_t)64 << 10) /* vm.mmap_min_addr */
#define END ((uintptr_t)1 << 47)

struct extent csan__extent_of(uintptr_t lo, size_t n)
{
    struct extent e = {.lo = lo, .bytes = n, .room = n};
    struct block b = {.start = lo};
    if (lo && csan__block_is_live(lo) && csan__block_real_usable)
        b.asked = csan__block_asked(lo, csan__block_real_usable((void *)lo));
    else if (!lo || !csan__block_find(lo, &b))
        return e;
    e.home = b.start;
    e.room = b.asked - (lo - b.start);
    e.bytes = n == 0 || n > e.room ? e.room : n;
    return e;
}

bool csan__extent_is_memory(const struct extent *e)
{
    return e->lo >= FIRST && e->lo < END && e->bytes <= END - e->lo;
}
