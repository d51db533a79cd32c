#include "case.h"

static char *global;

int main(void)
{
    global = malloc(1000);
    MUST(global);
    global += 999;
    keep(&global);
    return 0;
}
