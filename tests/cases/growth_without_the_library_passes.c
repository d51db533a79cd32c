// flags: -Wextra -Wshadow -Wconversion
// only: gcc-O2 the linker's business alone
// mode: preload
// run: $BIN
#include "case.h"

#include <csan.h>

int main(void)
{
    int rounds = 0;
    CSAN_REPEAT(20)
    {
        rounds++;
    }
    csan_round(NULL);
    MUST(rounds == 20);
    return 0;
}
