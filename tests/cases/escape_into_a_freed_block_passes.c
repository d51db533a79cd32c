/* Who remembered the row was freed: what is left there is nobody's. */
#include "escaping.h"

static char **holder;

static NOINLINE void remember(const char *row)
{
    holder = calloc(8, sizeof *holder);
    MUST(holder);
    holder[2] = holder[5] = KEPT(row);
}

int main(void)
{
    serve();
    free(holder);
    holder = NULL;
    wipe_stack();
    return 0;
}
