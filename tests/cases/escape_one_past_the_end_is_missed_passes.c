/* A pointer one past the end may as well be one to what follows. A documented miss. */
#include "escaping.h"

const char *end;

static NOINLINE void remember(const char *row)
{
    end = row + 64;
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
