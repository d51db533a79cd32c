/* Each request keeps one buffer more on loan, out of a pool that has twenty: that is no growth. */
#include "pool_rounds.h"

int main(void)
{
    char *lines[20], *kept[5];
    size_t capacity[20], sizes[5];
    pool = csan_pool("lines", 1024, 0);
    for (int i = 0; i < 20; i++)
        lines[i] = get(&capacity[i]);
    for (int i = 0; i < 20; i++)
        put(lines[i], capacity[i]);
    for (int round = 0; round < 5; round++) {
        kept[round] = get(&sizes[round]);
        csan_round("request");
    }
    for (int i = 0; i < 5; i++)
        put(kept[i], sizes[i]);
    memset(lines, 0, sizeof lines);
    memset(kept, 0, sizeof kept);
    keep(lines);
    close_pool();
    return 0;
}
