#include "case.h"

static void *block;

int main(void)
{
    block = malloc(32);
    pid_t child = vfork();
    if (child == 0)
        _exit(7);
    wait_for_status(child, 7);
    free(block);
    return 0;
}
