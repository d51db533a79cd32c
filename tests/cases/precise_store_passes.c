/* Borrowers read, the owner writes in its window and to what may change, a copy is changed. */
// env: CSAN_SHARE=precise
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), copy[64];
    const char *row = csan_share(p), *other = csan_share(p);
    MUST(row != other && row != p && other != p);
    memcpy(copy, row, sizeof copy);
    copy[7] = 1;
    char *w = csan_writable(rows, (void *)row);
    MUST(w == p);
    w[7] = 2;
    ((char *)other)[6] = 6; /* the window is open for all */
    csan_sealed(rows, p);
    MUST(row[7] == 2 && other[7] == 2 && p[6] == 6);
    csan_mutable(p + 8, 8);
    ((char *)other)[9] = 3;
    p[10] = 4;
    MUST(row[9] == 3 && row[10] == 4);
    csan_release(row);
    csan_release(other);
    row = csan_share(p + 5);
    MUST(row[2] == 2);
    csan_release(row);
    drop(p);
    return 0;
}
