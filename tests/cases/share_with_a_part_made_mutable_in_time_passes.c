/* While somebody reads the row, a part of it is made mutable and then changed. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p);
    csan_mutable(p + 8, 8);
    p[8] = 'x';
    csan_release(row);
    drop(p);
    return 0;
}
