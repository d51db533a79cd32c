// plain: no
// flags: -DCSAN_DISABLE -Wextra -Wshadow -Wconversion
#include "case.h"

#include <csan.h>

int main(void)
{
    int evaluated = 0;
    csan_mark_t mark = csan_mark();
    free(keep(malloc(100)));
    MUST(csan_stats((evaluated++, mark)).allocations == 0);
    MUST(evaluated == 1);
    return 0;
}
