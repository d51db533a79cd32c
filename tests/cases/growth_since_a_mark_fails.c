// plain: no
// findings: 2
// expect: 16 B in 1 block more each round, over 6 rounds, still reachable
// expect: ^    after round 7: 112 B in 7 blocks; 9: 144 B in 9 blocks; 12: 192 B in 12 blocks \(of request\)$
// stdout: ^1 0 1 0$
#include "case.h"

#include <csan.h>

void **all;

static NOINLINE void add(void)
{
    void **n = keep(malloc(16));
    *n = all;
    all = n;
}

/* What was found is not found again; but after a mark it is new, as a leak would be. */
int main(void)
{
    int found[4];
    for (int turn = 0; turn < 2; turn++) {
        csan_mark_t mark = csan_mark();
        for (int i = 0; i < 6; i++) {
            add();
            csan_round("request");
        }
        found[2 * turn] = csan_check(mark);
        found[2 * turn + 1] = csan_check(mark);
    }
    printf("%d %d %d %d\n", found[0], found[1], found[2], found[3]);
    return 0;
}
