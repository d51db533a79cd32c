// mode: link
// expect: ^{{at:sized}}: error: csan\[bad-free\]: free_sized of a block of 40 B as one of 32 B$
// expect: ^{{at:aligned}}: error: csan\[bad-free\]: free_aligned_sized of a block of 128 B as one of 64 B$
// expect: ^csan: FAIL: 2 findings \(2 bad-free\)
// stdout: ^it went on$
// plain: no
#include "case.h"

void free_sized(void *p, size_t n);
void free_aligned_sized(void *p, size_t align, size_t n);

int main(void)
{
    free_sized(keep(malloc(40)), 40);
    free_sized(NULL, 7);
    free_sized(keep(malloc(40)), 32); /* sized */
    free_aligned_sized(keep(aligned_alloc(64, 128)), 64, 128);
    free_aligned_sized(keep(aligned_alloc(64, 128)), 64, 64); /* aligned */
    puts("it went on");
    return 0;
}
