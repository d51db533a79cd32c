/* The header's C++ side. */
// flags: -Iinclude/uthash_csan -Wno-deprecated
// findings: 1
// expect: csan\[mutation\]: a buffer of [0-9]+ B of cache "users" was changed while it was shared \(13 times\) > max_escapes=0$
#define CHANGED(u) ((u)->age++)
#include "uthash_ways.h"

int main()
{
    go_all_ways();
    return 0;
}
