/* The global is cleared before the row goes. */
#include "escaping.h"

const char *last_row[4];

static NOINLINE void remember(const char *row)
{
    last_row[2] = row + 16;
    last_row[2] = NULL;
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
