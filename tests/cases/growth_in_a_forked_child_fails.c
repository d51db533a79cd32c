// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: 16 B in 1 block more each round, over 5 rounds, still reachable
// expect: ^    after round 1: 16 B in 1 block; 3: 48 B in 3 blocks; 5: 80 B in 5 blocks \(of request\)$
#include "case.h"

#include <csan.h>

void **all;

static NOINLINE void add(void)
{
    void **n = keep(malloc(16)); /* node */
    *n = all;
    all = n;
}

/* Two rounds of the parent's are none of the child's, and the parent itself has too few. */
int main(void)
{
    for (int i = 0; i < 2; i++) {
        add();
        csan_round("request");
    }
    pid_t child = fork();
    MUST(child >= 0);
    if (!child) {
        for (int i = 0; i < 5; i++) {
            add();
            csan_round("request");
        }
        exit(0);
    }
    wait_for_status(child, 86);
    return 0;
}
