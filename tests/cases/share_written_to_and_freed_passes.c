/* A row is written to and freed when nobody reads it any more. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_release(csan_share(p));
    *(volatile char *)(p + 5) = 1;
    drop(p);
    wipe_stack();
    return 0;
}
