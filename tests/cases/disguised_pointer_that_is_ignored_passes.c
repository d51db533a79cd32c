// plain: no
#include "case.h"

#include <csan.h>

static uintptr_t volatile disguised;

int main(void)
{
    void *p = malloc(32);
    MUST(p);
    csan_ignore(p);
    disguised = (uintptr_t)p ^ UINTPTR_MAX;
    return 0;
}
