#include "case.h"

int main(void)
{
    int fd = dup(0);
    MUST(fd == 3);
    MUST(close(fd) == 0);
    free(keep(malloc(32)));
    MUST(dup(0) == 3);
    return 0;
}
