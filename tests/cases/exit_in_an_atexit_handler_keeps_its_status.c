// expect-status: 3
// expect-not: csan
#include "case.h"

static void handler(void)
{
    _exit(3);
}

int main(void)
{
    atexit(handler);
    return 0;
}
