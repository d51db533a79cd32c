/* Nobody changes it. */
// flags: -Iinclude/uthash_csan
#define CSAN_UTHASH_PAYLOAD(entry) ((entry)->row)
#include "uthash_cache.h"

int main(void)
{
    for (volatile int i = 0; i < 20; i++)
        add(i);
    find(3);
    evict_all();
    return 0;
}
