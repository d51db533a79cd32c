// plain: no
// run: $PROG 2>&-; s=$?; echo "csan: FAIL: 1 finding (said for the test) in x" >&2; exit $s
// stdout: ^output$
// stdout-not: csan
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

/* What the program opens gets descriptor 2; the report must not land in it. */
int main(void)
{
    lose();
    MUST(dup(1) == 2);
    puts("output");
    return 0;
}
