/* Kept without its high half, or meant to stay, it is none. */
#include "escaping.h"

unsigned number;
unsigned long meant;

static NOINLINE void remember(const char *row)
{
    number = (unsigned)(unsigned long)KEPT(row);
    meant = (unsigned long)KEPT(row);
    csan_expected_ref(&meant, sizeof meant, "a key, never followed");
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
