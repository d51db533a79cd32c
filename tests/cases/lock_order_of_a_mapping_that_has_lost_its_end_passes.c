// flags: -pthread
/* The second lock at that address is another one: the first was in what was cut off. */
#include "mapped_anew.h"

static void cut_off(void)
{
    char *begin = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(begin != MAP_FAILED);
    mapped = (pthread_mutex_t *)(begin + PAGE);
    run_one(forwards);
    MUST(mremap(begin, 2 * PAGE, PAGE, 0) == begin);
    MUST(map_at(mapped, MAP_FIXED_NOREPLACE) == mapped);
}

int main(void)
{
    return take_in_both_orders(cut_off);
}
