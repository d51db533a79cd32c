// plain: no
// expect: ^csan: csan_stats\(987654321\): no such mark was given; all since the start counts$
#include "case.h"

#include <csan.h>

int main(void)
{
    char *held = keep(malloc(100));
    struct csan_stats s = csan_stats(987654321);
    MUST(s.live_blocks == 1 && s.live_bytes == 100 && s.allocations == 1);
    free(held);
    return 0;
}
