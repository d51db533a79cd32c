// expect-status: 0
// run: (ulimit -v 60000; exec $PROG); s=$?; test $s = 0 || test $s = 87 || exit 1
// stderr: any
// expect-not: (Segmentation|Aborted|CHECK)
#include "case.h"

int main(void)
{
    void *p = malloc(1000);
    MUST(p);
    free(p);
    return 0;
}
