// expect: ^{{at:bad}}: error: csan\[bad-free\]:
// stdout: ^it went on$
// plain: no
#include "case.h"

int main(void)
{
    char *p = malloc(64);
    free(keep(p + 16)); /* bad */
    free(keep(p));
    puts("it went on");
    return 0;
}
