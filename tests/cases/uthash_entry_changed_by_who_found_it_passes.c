/* It changes a copy. */
// flags: -Iinclude/uthash_csan
#include "uthash_cache.h"

int main(void)
{
    for (volatile int i = 0; i < 20; i++)
        add(i);
    struct entry *found = find(3);
    MUST(found);
    struct entry copy = *found;
    copy.value++;
    keep(&copy);
    add(100); /* links of entries change, and buckets grow */
    evict_all();
    return 0;
}
