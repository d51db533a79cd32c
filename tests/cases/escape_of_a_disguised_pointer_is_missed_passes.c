/* A pointer that is stored in another form is none to csan. A documented miss. */
#include "escaping.h"

unsigned long hidden;

static NOINLINE void remember(const char *row)
{
    hidden = ~(unsigned long)row;
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
