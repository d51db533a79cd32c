/* An entry is known to csan however it came into its table: who found it changes it, thirteen times
 * over. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: csan\[mutation\]: a buffer of [0-9]+ B of cache "users" was changed while it was shared \(13 times\) > max_escapes=0$
// expect: at look_up tests/cases/uthash_ways\.h:[0-9]+
#define CHANGED(u) ((u)->age++)
#include "uthash_ways.h"

int main(void)
{
    go_all_ways();
    return 0;
}
