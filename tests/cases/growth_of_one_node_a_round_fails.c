// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: 16 B in 1 block more each round, over 20 rounds, still reachable > max_growth=0$
// expect: ^    after round 1: 16 B in 1 block; 10: 160 B in 10 blocks; 20: 320 B in 20 blocks \(of request\)$
// expect: ^    accept: CSAN_MAX_GROWTH=16B, or a suppression line  growth:add 
// expect: ^csan: FAIL: 1 finding \(1 growth\) in 
#include "case.h"

#include <csan.h>

struct node {
    struct node *next;
    long value;
};

struct node *all;

static NOINLINE void add(void)
{
    struct node *n = keep(malloc(sizeof *n)); /* node */
    n->next = all;
    all = n;
}

int main(void)
{
    for (int i = 0; i < 20; i++) {
        add();
        csan_round("request");
    }
    return 0;
}
