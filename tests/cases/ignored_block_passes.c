// plain: no
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    void *p = malloc(65);
    csan_ignore(p);
    keep(p);
}

int main(void)
{
    lose();
    return 0;
}
