// expect: ^{{at:leak}}: error: csan\[leak\]: 16 B in 1 block .*never freed > max_leak=0
// expect: 16 B in 1 block behind
// findings: 1
#include "case.h"

struct node {
    struct node *other;
    long number;
};

static NOINLINE struct node *make(void)
{
    struct node *n = malloc(sizeof(*n)); /* leak */
    MUST(keep(n));
    return n;
}

static NOINLINE void tie(void)
{
    struct node *a = make(), *b = make();
    a->other = b;
    b->other = a;
}

int main(void)
{
    tie();
    return 0;
}
