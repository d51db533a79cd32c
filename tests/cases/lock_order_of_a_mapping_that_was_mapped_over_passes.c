// flags: -pthread
/* The second lock at that address is another one. */
#include "mapped_anew.h"

static void map_over(void)
{
    MUST(map_at(mapped, MAP_FIXED) == mapped);
}

int main(void)
{
    return take_in_both_orders(map_over);
}
