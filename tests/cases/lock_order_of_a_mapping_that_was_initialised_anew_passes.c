// flags: -pthread
/* The second lock at that address is another one, as its initialisation tells. */
#include "mapped_anew.h"

static void map_anew(void)
{
    MUST(syscall(SYS_munmap, mapped, PAGE) == 0);
    MUST(map_at(mapped, MAP_FIXED_NOREPLACE) == mapped);
    MUST(pthread_mutex_init(mapped, NULL) == 0);
}

int main(void)
{
    return take_in_both_orders(map_anew);
}
