/* A look-up needs no release; one that comes all the same is no mistake, nor is a second. */
// flags: -Iinclude/uthash_csan
#include <csan_share.h>

#include "uthash_cache.h"

int main(void)
{
    add(1);
    struct entry *e = find(1);
    csan_release(e);
    csan_release(e);
    evict_all();
    return 0;
}
