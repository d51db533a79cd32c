// flags: -Wno-alloc-size-larger-than
// leak: leak 11 B in 1 block
#include "case.h"

static char *volatile global;

int main(void)
{
    size_t huge = (size_t)(uintptr_t)keep((void *)(PTRDIFF_MAX - 100));
    global = strdup("still here"); /* leak */
    global = realloc(global, huge);
    MUST(global == NULL);
    wipe_stack();
    return 0;
}
