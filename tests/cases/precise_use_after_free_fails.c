/* The owner's pointer is read after the buffer was freed, and a share that nobody released. */
// env: CSAN_SHARE=precise
// findings: 3
// expect: ^{{at:owner}}: error: csan\[escape\]: a buffer of 64 B of cache "rows" was used after it was freed
// expect: ^{{at:share}}: error: csan\[escape\]: a buffer of 64 B of cache "rows" was used after it was freed
// expect: freed: at drop
// expect: csan\[unreleased\]
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *volatile p = load(64);
    const char *volatile row = csan_share(p);
    drop(p);
    char a = ((volatile char *)p)[1]; /* owner */
    char b = ((const volatile char *)row)[2]; /* share */
    p = NULL;
    row = NULL;
    return a + b;
}
