#include "case.h"

static void *block;

int main(void)
{
    block = malloc(32);
    pid_t child = vfork();
    if (child == 0) {
        execl("/nowhere/at/all", "all", (char *)NULL);
        _exit(9);
    }
    wait_for_status(child, 9);
    free(block);
    return 0;
}
