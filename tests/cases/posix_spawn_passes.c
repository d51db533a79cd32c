// stdout: ^spawned$
#include "case.h"

#include <spawn.h>

extern char **environ;

int main(void)
{
    char *const words[] = {(char *)"echo", (char *)"spawned", NULL};
    pid_t child = 0;
    MUST(posix_spawn(&child, "/bin/echo", NULL, NULL, words, environ) == 0);
    wait_for_status(child, 0);
    MUST(posix_spawnp(&child, "nowhere-at-all", NULL, NULL, words, environ) == ENOENT);
    return 0;
}
