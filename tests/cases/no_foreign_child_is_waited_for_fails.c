// plain: no
// leak: leak 32 B in 1 block
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

/* The report of csan_check needs its helper; the program must not see it as a child of its own. */
int main(void)
{
    csan_mark_t mark = csan_mark();
    lose();
    MUST(csan_check(mark) == 1);
    MUST(wait(NULL) == -1 && errno == ECHILD);
    MUST(waitpid(-1, NULL, WNOHANG | __WALL) == -1 && errno == ECHILD);
    return 0;
}
