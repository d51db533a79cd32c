// env: CSAN_HANG_AFTER=300ms
// expect: ^{{at:read}}: error: csan\[blocked\]: nothing has run for .*: 1 thread waits in read > hang_after=300ms$
// stdout: ^written before it hung$
// findings: 1
// plain: no
#include "case.h"

int main(void)
{
    int ends[2];
    char c;
    MUST(pipe(ends) == 0);
    printf("written before it hung\n");
    return read(ends[0], &c, 1) == 1; /* read */
}
