// expect: ^{{at:bad}}: error: csan\[bad-free\]: double free of a block.* \(120 times\)$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free
// plain: no
#include "case.h"

/* More than the caches of threads take: the rest goes to bins, or is joined with others. */
int main(void)
{
    static const size_t sizes[] = {1, 100, 1000, 5000};
    static void *p[4][30];
    for (int s = 0; s < 4; s++)
        for (int i = 0; i < 30; i++)
            p[s][i] = keep(malloc(sizes[s]));
    for (int s = 0; s < 4; s++)
        for (int i = 0; i < 30; i++)
            free(p[s][i]);
    for (int i = 0; i < 120; i++)
        free(keep(p[i / 30][i % 30])); /* bad */
    puts("it went on");
    return 0;
}
