// expect-status: 0
// leak: leak 32 B in 1 block
// env: CSAN_CHILDREN=off
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        lose();
        return 0;
    }
    int how = 0;
    MUST(waitpid(child, &how, 0) == child);
    return 0;
}
