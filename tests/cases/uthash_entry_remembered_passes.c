/* An entry that was moved to the end of the list is still cached. */
// flags: -Iinclude/uthash_csan
#include <csan.h>
#include "uthash_cache.h"

const struct entry *volatile last;

int main(void)
{
    for (volatile int i = 0; i < 20; i++)
        add(i);
    last = find(3);
    touch((struct entry *)last);
    csan_check(0);
    last = NULL;
    evict_all();
    return 0;
}
