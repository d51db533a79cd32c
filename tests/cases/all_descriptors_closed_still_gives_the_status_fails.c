// expect-status: 86
// plain: no
// run: $PROG; s=$?; echo "csan: FAIL: 1 finding (said for the test) in x" >&2; exit $s
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

int main(void)
{
    lose();
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    return 0;
}
