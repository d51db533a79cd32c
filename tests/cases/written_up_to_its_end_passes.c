// stdout: ^0 7$
// plain: no
#include "case.h"

#include <csan.h>

char *volatile kept;

int main(void)
{
    csan_mark_t m = csan_mark();
    char *p = keep(malloc(32));
    memset(keep(p), 'x', 32);
    kept = malloc(48);
    memset(keep(kept), 7, 48);
    int found = csan_check(m);
    free(keep(p));
    kept = realloc(keep(kept), 100);
    printf("%d %d\n", found, kept[47]);
    memset(keep(kept), 'x', 100);
    return 0;
}
