/* HASH_CLEAR drops every entry, and not the first alone: the third is remembered. */
// flags: -Iinclude/uthash_csan
// env: CSAN_MAX_LEAK=off
// findings: 1
// expect: csan\[escape\]: 1 pointer into a buffer of cache "cache" that was evicted is still stored > max_escapes=0$
// expect: stored in global remembered
#include "uthash_cache.h"

#include <csan.h>

struct entry *volatile remembered;

static NOINLINE void fill_and_clear(void)
{
    for (volatile int i = 1; i <= 3; i++)
        add(i);
    remembered = find(3);
    for (volatile int i = 1; i <= 3; i++)
        free(find(i)->row);
    HASH_CLEAR(hh, cache);
    wipe_stack();
}

int main(void)
{
    fill_and_clear();
    csan_check(0);
    return 0;
}
