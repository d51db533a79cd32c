// expect: ^{{at:stack}}: error: csan\[bad-free\]: free of memory on the stack, which malloc never gave$
// expect: ^{{at:literal}}: error: csan\[bad-free\]: free of a variable or literal of the program, which
// expect: ^{{at:mapping}}: error: csan\[bad-free\]: free of memory that malloc never gave, or has back$
// expect: ^{{at:nothing}}: error: csan\[bad-free\]: free of an address where there is no memory$
// expect: ^{{at:odd}}: error: csan\[bad-free\]: free of memory that malloc never gave, or has back$
// expect: ^csan: FAIL: 5 findings \(5 bad-free\)
// stdout: ^it went on$
// flags: -Wno-free-nonheap-object
// plain: no
#include "case.h"

#include <sys/mman.h>

int main(void)
{
    _Alignas(16) char room[64] = {0};
    free(keep(room + 16)); /* stack */
    free(keep((char *)"a literal")); /* literal */
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    free(keep(map + 64)); /* mapping */
    free(keep((void *)16)); /* nothing */
    free(keep(map + 65)); /* odd */
    puts("it went on");
    return 0;
}
