#include "case.h"

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        free(keep(malloc(32)));
        return 0;
    }
    wait_for_status(child, 0);
    return 0;
}
