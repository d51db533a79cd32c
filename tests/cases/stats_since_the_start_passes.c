// plain: no
/* A program that calls csan_stats is counted from its start on. */
#include "case.h"

#include <csan.h>

static struct csan_stats s;
static void *volatile early;

/* Before main, behind csan's own start. */
__attribute__((constructor)) static void begin(void)
{
    early = malloc(7);
}

int main(void)
{
    char *older = keep(malloc(100));
    s = csan_stats(0);
    MUST(s.live_blocks == 2 && s.live_bytes == 107);
    MUST(s.allocations == 2 && s.frees == 0 && s.bytes == 107 && s.peak_bytes == 107);

    char *newer = keep(malloc(30));
    MUST(csan_mark() != 0);
    free(keep(malloc(50)));
    s = csan_stats(0);
    MUST(s.live_blocks == 3 && s.live_bytes == 137);
    MUST(s.allocations == 4 && s.frees == 1 && s.bytes == 187 && s.temporary == 1);
    MUST(s.peak_bytes == 187);
    free(older);
    free(newer);
    free(early);
    s = csan_stats(0);
    MUST(s.live_blocks == 0 && s.live_bytes == 0 && s.frees == 4 && s.peak_bytes == 187);
    return 0;
}
