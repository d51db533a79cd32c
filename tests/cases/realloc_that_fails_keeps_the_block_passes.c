// flags: -Wno-alloc-size-larger-than
#include "case.h"

static char *global;

int main(void)
{
    global = strdup("still here");
    size_t huge = (size_t)(uintptr_t)keep((void *)(PTRDIFF_MAX - 100));
    void *moved = realloc(global, huge);
    MUST(moved == NULL && errno == ENOMEM);
    MUST(strcmp(global, "still here") == 0);
    free(global);
    global = NULL;
    return 0;
}
