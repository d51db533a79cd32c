/* Nobody changes one. */
// flags: -Iinclude/uthash_csan
#include "uthash_ways.h"

int main(void)
{
    go_all_ways();
    return 0;
}
