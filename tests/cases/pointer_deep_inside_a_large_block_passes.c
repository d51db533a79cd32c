#include "case.h"

static char *global;

int main(void)
{
    global = malloc((size_t)64 << 20);
    MUST(global);
    global += (63 << 20) + 5;
    keep(&global);
    return 0;
}
