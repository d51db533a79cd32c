/* A wild pointer ends the process as it would without csan. */
// env: CSAN_SHARE=precise
// expect-status: 139
// stderr: any
// stdout-not: after
#include "cached.h"

static char *volatile wild = (char *)8;

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_release(csan_share(p));
    *wild = 1;
    puts("after");
    drop(p);
    return 0;
}
