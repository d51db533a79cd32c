/* share=stress fills what was freed with junk, but not what realloc has moved: that is libc's again. */
// env: CSAN_SHARE=stress
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *behind = keep(malloc(64)); /* p cannot grow */
    free(keep(malloc(64)));
    char *moved = realloc(p, 5000);
    MUST(moved && behind);
    char *first = keep(malloc(64)), *second = keep(malloc(64));
    MUST(first && second && first != second);
    memset(first, 1, 64);
    memset(second, 2, 64);
    free(first);
    free(second);
    free(behind);
    free(moved);
    return 0;
}
