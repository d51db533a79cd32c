/* With uthash's Bloom filter, its checks of itself and its way without memory. */
// flags: -Iinclude/uthash_csan -DHASH_BLOOM=16 -DHASH_DEBUG=1 -DHASH_NONFATAL_OOM=1
// findings: 1
// expect: csan\[mutation\]: a buffer of [0-9]+ B of cache "users" was changed while it was shared \(13 times\) > max_escapes=0$
#define CHANGED(u) ((u)->age++)
#include "uthash_ways.h"

int main(void)
{
    go_all_ways();
    return 0;
}
