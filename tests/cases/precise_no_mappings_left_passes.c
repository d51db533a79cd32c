/* The program has all the mappings that a process may have: cheap is used, and csan says so. */
// env: CSAN_SHARE=precise
// expect: ^csan: share=precise: no memory, or no mapping, for it; what is published from now on may be checked as share=cheap does$
#include "cached.h"

#define PAGE 4096

int main(void)
{
    size_t most = 70000;
    char *many = mmap(NULL, most * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    MUST(many != MAP_FAILED);
    char *p = malloc(64);
    MUST(p);
    rows = csan_cache("rows", 0, 0);
    static char early[64];
    csan_publish_fixed(rows, early, sizeof early);
    csan_release(csan_share(early)); /* csan's own tables have their memory by now */
    csan_evict(rows, early);
    size_t used = 0;
    while (used < most && mprotect(many + used * PAGE, PAGE, PROT_READ) == 0)
        used += 2;
    MUST(used < most);
    char *q = csan_publish(rows, p, 0);
    int is_same = 1; /* as far as it is said: the owner's may have found a place */
    const char *row = csan_share(q);
    is_same &= row == q;
    csan_release(row);
    munmap(many, most * PAGE);
    MUST(is_same);
    drop(q);
    return 0;
}
