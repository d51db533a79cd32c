#include "case.h"

static NOINLINE void allocate(void)
{
    char *p = NULL;
    size_t room = 0;
    FILE *zero = fopen("/proc/self/status", "r");
    MUST(zero);
    MUST(getline(&p, &room, zero) > 0);
    fclose(zero);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
