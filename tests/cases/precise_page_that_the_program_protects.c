/* The program takes the rights from a page that it published, and reads there: its own fault, which
 * ends it as it would without csan. */
// env: CSAN_SHARE=precise
// expect-status: 139
// stderr: any
// stdout: ^reads$
// stdout-not: after
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(20000);
    char *page = (char *)(((uintptr_t)p + 4095) & ~(uintptr_t)4095);
    const char *row = csan_share(p);
    MUST(mprotect(page, 4096, PROT_NONE) == 0);
    puts("reads");
    fflush(stdout);
    MUST(*(volatile char *)page == 0);
    puts("after");
    csan_release(row);
    drop(p);
    return 0;
}
