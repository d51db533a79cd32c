#include "case.h"

#include <setjmp.h>

static jmp_buf back;

static NOINLINE void deep(int n)
{
    if (n < 0)
        return;
    void *p = malloc(16);
    MUST(keep(p));
    free(p);
    if (n == 0)
        longjmp(back, 1);
    deep(n - 1);
    keep(NULL);
}

int main(void)
{
    for (volatile int i = 0; i < 100; i++) {
        if (setjmp(back) == 0)
            deep(i % 10);
    }
    return 0;
}
