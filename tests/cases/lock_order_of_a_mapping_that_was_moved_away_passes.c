// flags: -pthread
/* The second lock at that address is another one. */
#include "mapped_anew.h"

static void move_away(void)
{
    void *there = map_at(NULL, 0);
    MUST(mremap(mapped, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, there) == there);
    MUST(map_at(mapped, MAP_FIXED_NOREPLACE) == mapped);
}

int main(void)
{
    return take_in_both_orders(move_away);
}
