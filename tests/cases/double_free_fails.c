// expect: ^{{at:bad}}: error: csan\[bad-free\]: double free of a block of 32 B$
// expect: ^    freed first: at main .*double_free_fails\.c:{{line:first}}$
// expect: ^    allocated: at main .*double_free_fails\.c:{{line:made}}$
// expect: ^    accept: a suppression line  bad-free:main 
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free
// plain: no
#include "case.h"

int main(void)
{
    void *p = malloc(32); /* made */
    keep(p);
    free(p); /* first */
    free(keep(p)); /* bad */
    puts("it went on");
    return 0;
}
