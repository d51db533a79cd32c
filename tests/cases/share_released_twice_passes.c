/* One release a share. */
#include "cached.h"

static NOINLINE void render(const char *row)
{
    keep((void *)row);
    
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p);
    render(row);
    csan_release(row); /* second */
    drop(p);
    return 0;
}
