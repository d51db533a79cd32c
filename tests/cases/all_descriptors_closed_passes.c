#include "case.h"

int main(void)
{
    free(keep(malloc(32)));
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    return 0;
}
