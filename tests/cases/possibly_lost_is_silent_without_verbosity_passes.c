// expect: ^quiet$
// expect-not: csan
// plain: no
#include "case.h"

struct part {
    char *name;
    long at[5];
};
static long *volatile inside[2];
static struct part *volatile whole;

static NOINLINE void make(void)
{
    for (int i = 0; i < 2; i++) {
        struct part *p = keep(malloc(sizeof *p)); /* inside */
        p->name = malloc(16);
        inside[i] = &p->at[i];
    }
    whole = malloc(sizeof *whole);
    whole->name = malloc(16);
}

int main(void)
{
    make();
    fprintf(stderr, "quiet\n");
    return 0;
}
