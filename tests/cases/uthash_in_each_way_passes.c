/* Nobody changes one. */
// also: clang-O0 as for each kind of finding
// flags: -Iinclude/uthash_csan
#include "uthash_ways.h"

int main(void)
{
    go_all_ways();
    return 0;
}
