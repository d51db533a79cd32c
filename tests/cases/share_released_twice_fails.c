/* The error path releases what the caller releases too. */
// findings: 1
// expect: ^{{at:second}}: error: csan\[unreleased\]: a share of a buffer of 64 B of cache "rows" was released twice > max_escapes=0$
// expect: released first by thread [0-9]+: at render
// expect: shared last by thread [0-9]+: at main
#include "cached.h"

static NOINLINE void render(const char *row)
{
    keep((void *)row);
    csan_release(row); /* first */
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
