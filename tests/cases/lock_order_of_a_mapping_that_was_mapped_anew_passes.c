// flags: -pthread
/* The second lock at that address is another one. */
#include "mapped_anew.h"

static void map_anew(void)
{
    MUST(munmap(mapped, PAGE) == 0);
    MUST(map_at(mapped, MAP_FIXED_NOREPLACE) == mapped);
}

int main(void)
{
    return take_in_both_orders(map_anew);
}
