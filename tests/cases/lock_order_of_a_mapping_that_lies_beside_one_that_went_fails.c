// flags: -pthread
// findings: 1
// expect: error: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
/* Another mapping goes: this one's lock is still the same. */
#include "mapped_anew.h"

static void unmap_others(void)
{
    MUST(munmap(map_at(NULL, 0), PAGE) == 0);
    MUST(map_at(map_at(NULL, 0), MAP_FIXED) != mapped);
    MUST(mremap(map_at(NULL, 0), PAGE, 4 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
}

int main(void)
{
    return take_in_both_orders(unmap_others);
}
