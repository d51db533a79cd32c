// plain: no
// env: CSAN_MAX_GROWTH=off
#include "case.h"

#include <csan.h>

void **all;

int main(void)
{
    CSAN_REPEAT(20)
    {
        void **n = keep(malloc(16));
        *n = all;
        all = n;
    }
    return 0;
}
