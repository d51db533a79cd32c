// leak: leak 32 B in 1 block
#include "case.h"

#include <setjmp.h>

static jmp_buf back;

static NOINLINE void deep(void)
{
    void *volatile p = malloc(32); /* leak */
    longjmp(back, 1);
    free(p);
}

int main(void)
{
    if (setjmp(back) == 0)
        deep();
    return 0;
}
