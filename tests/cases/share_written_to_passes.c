/* A borrower that changes a copy. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    char *row = (char *)csan_share(p); /* shared */
    char copy[64];
    memcpy(copy, row, sizeof copy);
    copy[7] = 1;
    keep(copy);
    csan_release(row); /* released */
    drop(p);
    return 0;
}
