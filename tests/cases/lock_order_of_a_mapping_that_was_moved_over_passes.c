// flags: -pthread
/* What is moved there has another lock at that address. */
#include "mapped_anew.h"

static void move_over(void)
{
    void *other = map_at(NULL, 0);
    MUST(mremap(other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, mapped) == mapped);
}

int main(void)
{
    return take_in_both_orders(move_over);
}
