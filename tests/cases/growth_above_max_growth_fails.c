// plain: no
// env: CSAN_MAX_GROWTH=15
// findings: 1
// expect: > max_growth=15$
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
