// expect-status: 0
// run: one() { $PROG 2>&1 | grep -oEw '[0-9a-f]{8}'; }; a=$(one); test -n "$a" -a "$a" = "$(one)"
// plain: no
// stderr: any
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65));
}

int main(void)
{
    lose();
    return 0;
}
