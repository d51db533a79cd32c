#include "case.h"

static void *volatile all[64];

int main(void)
{
    for (size_t n = 10; n < 74; n++)
        all[n - 10] = malloc(n);
    return 0;
}
