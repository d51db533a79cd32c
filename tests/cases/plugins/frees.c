#include <stdlib.h>

void give(void *p)
{
    free(p);
}
