/* A store through a share is found at its own line, and the test ends there. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:stored}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share > max_escapes=0$
// expect: at spoil .*:{{line:stored}}$
// expect: offset 7: 00 → 01$
// expect: shared by thread [0-9]+: at main .*:{{line:shared}}$
// expect: published: at load
// stdout: ^before$
// stdout-not: after
#include "cached.h"

static NOINLINE void spoil(char *row)
{
    row[7] = 1; /* stored */
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    char *row = (char *)csan_share(p); /* shared */
    puts("before");
    spoil(row);
    puts("after");
    csan_release(row);
    drop(p);
    return 0;
}
