/* It is cleared. */
#include "escaping.h"

static __thread const char *volatile mine;

static NOINLINE void remember(const char *row)
{
    mine = row;
    mine = NULL;
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
