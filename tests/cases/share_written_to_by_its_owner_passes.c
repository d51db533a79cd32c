/* The owner changes it between csan_writable and csan_sealed. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(1024);
    const char *row = csan_share(p);
    char *mine = csan_writable(rows, p);
    mine[0]++;
    csan_sealed(NULL, p);
    csan_release(row);
    drop(p);
    return 0;
}
