#include "case.h"

static void **global;

int main(void)
{
    global = calloc((size_t)1 << 20, sizeof(*global));
    MUST(global);
    global[900001] = malloc(32);
    keep(&global);
    return 0;
}
