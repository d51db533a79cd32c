// plain: no
// flags: -Iinclude
#include "case.h"

#include <csan.h>

static void *volatile global;

int main(void)
{
    csan_mark_t before = csan_mark();
    global = malloc(32);
    pid_t child = fork();
    if (child == 0) {
        global = NULL; /* the parent's block, and not its leak */
        MUST(csan_check(before) == 0);
        exit(0);
    }
    wait_for_status(child, 0);
    MUST(csan_check(before) == 0);
    return 0;
}
