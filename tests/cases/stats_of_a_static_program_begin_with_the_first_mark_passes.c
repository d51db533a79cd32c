// plain: no
// mode: static
#include "case.h"

#include <csan.h>

int main(void)
{
    char *older = keep(malloc(100));
    struct csan_stats s = csan_stats(0);
    MUST(s.live_bytes == 100 && s.allocations == 0 && s.peak_bytes == 0);
    free(keep(malloc(50)));
    s = csan_stats(0);
    MUST(s.live_bytes == 100 && s.allocations == 1 && s.frees == 1 && s.peak_bytes == 50);
    free(older);
    return 0;
}
