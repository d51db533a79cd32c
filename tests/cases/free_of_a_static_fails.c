// expect: ^{{at:bad}}: error: csan\[bad-free\]:
// stdout: ^it went on$
// plain: no
#include "case.h"

static char room[64] __attribute__((aligned(16)));

int main(void)
{
    free(keep(room + 16)); /* bad */
    puts("it went on");
    return 0;
}
