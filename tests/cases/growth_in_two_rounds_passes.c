// plain: no
#include "case.h"

#include <csan.h>

void *all[8];
static int n;

int main(void)
{
    CSAN_REPEAT(2)
    {
        all[n++] = keep(malloc(16));
    }
    CSAN_REPEAT(1)
    {
        all[n++] = keep(malloc(16));
    }
    CSAN_REPEAT(0)
    {
        all[n++] = keep(malloc(16));
    }
    MUST(n == 3);
    return 0;
}
