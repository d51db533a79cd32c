/* A row behind an entry is changed by who looked the entry up. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: csan\[mutation\]: a buffer of 40 B of cache "cache" was changed while it was shared > max_escapes=0$
// expect: found when it was deleted: at evict
#define CSAN_UTHASH_PAYLOAD(entry) ((entry)->row)
#include "uthash_cache.h"

int main(void)
{
    for (volatile int i = 0; i < 20; i++)
        add(i);
    find(3)->row[5] = 1;
    evict_all();
    return 0;
}
