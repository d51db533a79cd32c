#include "case.h"

static char *block;

int main(void)
{
    block = malloc(32);
    pid_t child = fork();
    if (child == 0) {
        block = realloc(block, 4000);
        MUST(block);
        free(block);
        return 0;
    }
    wait_for_status(child, 0);
    free(block);
    return 0;
}
