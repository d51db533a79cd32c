/* What is published while there is no memory to know of it was not checked: the process says so. */
// expect-status: 87
// expect: ^csan: could not check .*: there was no memory to know of some shared buffers$
#include "cached.h"

#define PAGE 4096

int main(void)
{
    size_t most = 70000;
    char *many =
        mmap(NULL, most * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    MUST(many != MAP_FAILED);
    char *p = malloc(64);
    MUST(p);
    rows = csan_cache("rows", 0, 0);
    size_t used = 0;
    while (used < most && mprotect(many + used * PAGE, PAGE, PROT_READ) == 0)
        used += 2;
    MUST(used < most);
    char *q = csan_publish(rows, p, 0); /* the registry's tables have no memory yet, and get none */
    munmap(many, most * PAGE);
    MUST(q == p);
    free(q);
    return 0;
}
