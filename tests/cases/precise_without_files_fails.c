/* No file can be opened, /proc neither: stores are found all the same. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// mode: link
// findings: 1
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share
// stdout: ^1 store$
#include "cached.h"
#include "seccomp.h"

int main(void)
{
    refuse_call(SYS_openat, 0, (uint32_t)AT_FDCWD, ENOENT);
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    ((volatile char *)row)[0]++;
    printf("%d store\n", p[0]);
    csan_release(row);
    drop(p);
    return 0;
}
