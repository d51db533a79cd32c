#include "case.h"

#include <malloc.h>

int main(void)
{
    MUST(malloc_usable_size(NULL) == 0);
    free(keep(NULL));
    return 0;
}
