/* Nobody changes one. */
// flags: -Iinclude/uthash_csan -Wno-deprecated
#include "uthash_ways.h"

int main()
{
    go_all_ways();
    return 0;
}
