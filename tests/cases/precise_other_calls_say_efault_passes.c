/* A limit: the kernel says EFAULT to calls that csan does not know to write to memory. */
// env: CSAN_SHARE=precise
// plain: no
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    MUST(readlink("/proc/self/exe", row, 10) == -1 && errno == EFAULT);
    char *w = csan_writable(rows, p);
    MUST(readlink("/proc/self/exe", w, 10) == 10 && row[0] == '/');
    csan_sealed(rows, p);
    csan_release(row);
    drop(p);
    return 0;
}
