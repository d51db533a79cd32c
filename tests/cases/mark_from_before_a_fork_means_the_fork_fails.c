// plain: no
// flags: -Iinclude
// leak: parent 32 B in 1 block
// leak: child 48 B in 1 block
// expect-not: no such mark
/* The child answers for what it lost itself, once; the parent for its own. */
#include "case.h"

#include <csan.h>

static NOINLINE void lose_in_parent(void)
{
    keep(malloc(32)); /* parent */
}

static NOINLINE void lose_in_child(void)
{
    keep(malloc(48)); /* child */
}

int main(void)
{
    csan_mark_t before = csan_mark();
    lose_in_parent();
    wipe_stack();
    pid_t child = fork();
    if (child == 0) {
        MUST(csan_check(before) == 0);
        lose_in_child();
        wipe_stack();
        MUST(csan_check(before) == 1);
        MUST(csan_check(before) == 0);
        exit(0);
    }
    wait_for_status(child, 86);
    MUST(csan_check(before) == 1);
    return 0;
}
