// env: CSAN_VERBOSITY=1
// expect: ^{{at:inside}}: note: csan\[leak\]: 96 B in 2 blocks possibly lost: only pointers to
// expect: ^    and 32 B in 2 blocks behind it$
// expect: ^csan: PASS:
// expect-not: at main.*{{line:whole}}
// expect-not: error:
// plain: no
#include "case.h"

struct part {
    char *name;
    long at[5];
};
static long *volatile inside[2];
static struct part *volatile whole;

static NOINLINE void make(int i)
{
    struct part *p = keep(malloc(sizeof *p)); /* inside */
    p->name = malloc(16);
    inside[i] = &p->at[i];
}

int main(void)
{
    for (volatile int i = 0; i < 2; i++)
        make(i);
    whole = malloc(sizeof *whole); /* whole */
    whole->name = malloc(16);
    return 0;
}
