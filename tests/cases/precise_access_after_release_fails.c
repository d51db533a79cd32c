/* A share that was given back is read, while the buffer is still cached, and written to. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 3
// expect: ^{{at:read}}: error: csan\[escape\]: a share of a buffer of 64 B of cache "rows" was used after its release > max_escapes=0$
// expect: read at offset 3$
// expect: shared by thread [0-9]+: at main .*:{{line:shared}}$
// expect: released by thread [0-9]+: at main .*:{{line:released}}$
// expect: ^{{at:written}}: error: csan\[escape\]: a share of a buffer of 64 B of cache "rows" was used after its release
// expect: ^{{at:written}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share
// stdout: ^5 7$
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    p[3] = 5;
    const volatile char *row = csan_share(p); /* shared */
    volatile char *other = (char *)csan_share(p), *held = (char *)csan_share(p);
    csan_release((void *)row); /* released */
    csan_release((void *)other);
    int seen = row[3]; /* read */
    other[4] = 7; /* written */
    MUST(held[4] == 7);
    printf("%d %d\n", seen, p[4]);
    csan_release((void *)held);
    drop(p);
    return 0;
}
