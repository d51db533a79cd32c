// leak: leak 32 B in 1 block
// stdout: ^the new image$
// mode: preload
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    execl("/bin/echo", "echo", "the new image", (char *)NULL);
    return 1;
}
