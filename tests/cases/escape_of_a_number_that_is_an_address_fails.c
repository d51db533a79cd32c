/* A number of eight bytes that happens to be the row's address: nothing tells it from a pointer. */
// findings: 1
// expect: stored in global number
#include "escaping.h"

unsigned long number;

static NOINLINE void remember(const char *row)
{
    number = (unsigned long)KEPT(row);
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
