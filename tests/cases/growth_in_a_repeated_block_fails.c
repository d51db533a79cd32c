// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: 48 B in 1 block more each round, over 5 rounds, still reachable > max_growth=0$
// expect: ^    after round 1: 48 B in 1 block; 3: 144 B in 3 blocks; 5: 240 B in 5 blocks
// stdout: ^1 found, 0 more$
#include "case.h"

#include <csan.h>

void **all;
static int rounds;

/* What grew was there at the end of each round, whatever becomes of it later. */
static NOINLINE void clean_up(void)
{
    while (all) {
        void **next = *all;
        free(all);
        all = next;
    }
}

int main(void)
{
    csan_mark_t mark = csan_mark();
    CSAN_REPEAT(5)
    {
        void **n = keep(malloc(48)); /* node */
        *n = all;
        all = n;
        if (rounds++ % 2)
            continue;
        MUST(rounds < 6);
    }
    MUST(rounds == 5);
    clean_up();
    printf("1 found, %d more\n", csan_check(mark));
    return 0;
}
