/* A share is read into after its buffer was freed: one finding, and the call does what it would do. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:read}}: error: csan\[escape\]: a buffer of 20 KiB of cache "rows" was used after it was freed
// expect: written at offset 3, by read\(\)$
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(20000), *row = (char *)csan_share(p);
    int zero = open("/dev/zero", O_RDONLY);
    csan_release(row);
    drop(p);
    MUST(read(zero, row + 3, 8) == 8); /* read */
    close(zero);
    return 0;
}
