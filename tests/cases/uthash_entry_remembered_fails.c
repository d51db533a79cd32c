/* An entry is remembered when the cache has evicted it. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: csan\[escape\]: 1 pointer into a buffer of cache "cache" that was evicted is still stored > max_escapes=0$
// expect: stored in global last
// expect: ^    at find 
// expect: evicted: at evict
#include <csan.h>
#include "uthash_cache.h"

const struct entry *volatile last;

int main(void)
{
    for (volatile int i = 0; i < 20; i++)
        add(i);
    last = find(3);
    evict((struct entry *)last);
    csan_check(0);
    last = NULL;
    evict_all();
    return 0;
}
