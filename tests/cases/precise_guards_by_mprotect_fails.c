/* A kernel without MADV_GUARD_INSTALL: shares that were released are guarded by mprotect; when there
 * are no more mappings for that, csan says so once. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 1
// expect: ^{{at:read}}: error: csan\[escape\]: a share of a buffer of 64 B of cache "rows" was used after its release
// expect: ^csan: share=precise: no more guards: accesses after a release are no longer seen
#include "cached.h"
#include "seccomp.h"

int main(void)
{
    refuse_call(SYS_madvise, 2, 102, EINVAL);
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const volatile char *row = csan_share(p);
    csan_release((void *)row);
    MUST(row[1] == 0); /* read */
    row = NULL;
    for (int i = 0; i < 13000; i++) {
        char *q = load(16);
        csan_release(csan_share(q));
        drop(q);
    }
    csan_release(csan_share(p));
    drop(p);
    return 0;
}
