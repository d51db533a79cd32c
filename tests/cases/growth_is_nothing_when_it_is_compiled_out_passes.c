// plain: no
// flags: -DCSAN_DISABLE -Wextra -Wshadow -Wconversion
#include "case.h"

#include <csan.h>

void **all;

int main(void)
{
    int rounds = 0, names = 0;
    CSAN_REPEAT(20)
    {
        void **n = keep(malloc(16));
        *n = all;
        all = n;
        CSAN_REPEAT(2u)
        {
            rounds++;
        }
        if (rounds < 10)
            continue;
        break;
    }
    csan_round((names++, "name"));
    MUST(rounds == 10 && names == 1);
    return 0;
}
