// plain: no
// mode: static
// findings: 1
// expect: csan\[growth\]: 16 B in 1 block more each round, over 20 rounds
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
