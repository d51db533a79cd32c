/* A child stores through a share of its parent's, and reads one that was released before the fork. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 2
// expect: ^{{at:stored}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share
// expect: ^{{at:stale}}: error: csan\[escape\]: a share of a buffer of 64 B of cache "rows" was used after its release
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    const volatile char *stale = csan_share(p);
    csan_release((const void *)stale);
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        ((volatile char *)row)[0] = 1; /* stored */
        MUST(stale[0] == 1); /* stale */
        stale = NULL;
        csan_release(row);
        drop(p);
        return 0;
    }
    MUST(waitpid(child, NULL, 0) == child);
    MUST(p[0] == 0);
    stale = NULL;
    csan_release(row);
    drop(p);
    return 0;
}
