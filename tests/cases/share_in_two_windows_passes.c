/* The owner's window is open until the last one that opened it has sealed it. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p);
    csan_writable(rows, p);
    csan_writable(rows, p);
    csan_sealed(rows, p);
    p[3] = 'x';
    csan_sealed(rows, p);
    csan_release(row);
    drop(p);
    return 0;
}
