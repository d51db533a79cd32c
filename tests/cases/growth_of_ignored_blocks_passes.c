// plain: no
#include "case.h"

#include <csan.h>

void **all;

int main(void)
{
    CSAN_REPEAT(20)
    {
        csan_disable();
        void **n = keep(malloc(16));
        csan_enable();
        *n = all;
        all = n;
        n = keep(malloc(32));
        csan_ignore(n);
        *n = all;
        all = n;
    }
    return 0;
}
