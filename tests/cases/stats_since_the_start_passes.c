// plain: no
/* What lives is of the whole process; the rest is what was counted, from the first mark on. */
#include "case.h"

#include <csan.h>

static struct csan_stats s;

int main(void)
{
    char *older = keep(malloc(100));
    s = csan_stats(0);
    MUST(s.live_blocks == 1 && s.live_bytes == 100);
    MUST(s.allocations == 0 && s.frees == 0 && s.bytes == 0 && s.peak_bytes == 0);

    char *newer = keep(malloc(30));
    MUST(csan_mark() != 0);
    free(keep(malloc(50)));
    s = csan_stats(0);
    MUST(s.live_blocks == 2 && s.live_bytes == 130);
    MUST(s.allocations == 2 && s.frees == 1 && s.bytes == 80 && s.temporary == 1);
    MUST(s.peak_bytes == 80);
    free(older);
    free(newer);
    return 0;
}
