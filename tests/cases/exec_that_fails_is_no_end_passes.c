#include "case.h"

static void *later;

int main(void)
{
    later = malloc(32);
    MUST(execl("/nowhere/at/all", "all", (char *)NULL) == -1);
    MUST(errno == ENOENT);
    free(later);
    return 0;
}
