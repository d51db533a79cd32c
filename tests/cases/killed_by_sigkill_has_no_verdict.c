// mode: link
// expect-status: 137
// expect-not: csan
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

int main(void)
{
    lose();
    kill(getpid(), SIGKILL);
    return 0;
}
