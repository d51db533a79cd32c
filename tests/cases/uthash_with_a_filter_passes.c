/* Nobody changes one. */
// flags: -Iinclude/uthash_csan -DHASH_BLOOM=16 -DHASH_DEBUG=1 -DHASH_NONFATAL_OOM=1
#include "uthash_ways.h"

int main(void)
{
    go_all_ways();
    return 0;
}
