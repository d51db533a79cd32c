#include "case.h"

static void *block;

int main(void)
{
    block = malloc(32);
    pid_t child = fork();
    if (child == 0) {
        block = NULL; /* the parent's block, not the child's leak */
        return 0;
    }
    wait_for_status(child, 0);
    free(block);
    return 0;
}
