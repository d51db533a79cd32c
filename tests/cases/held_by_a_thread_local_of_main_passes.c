#include "case.h"

static __thread void *local;

int main(void)
{
    local = malloc(32);
    keep(&local);
    return 0;
}
