// stdout: ^the new image$
#include "case.h"

int main(void)
{
    free(keep(malloc(32)));
    execl("/bin/echo", "echo", "the new image", (char *)NULL);
    return 1;
}
