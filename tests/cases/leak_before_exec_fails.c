// expect-status: 0
// leak: leak 32 B in 1 block
// stdout: ^the new image$
// stderr: any
// expect: ^csan: FAIL: 1 finding \(1 leak\) in leak_before_exec_fails$
// mode: link
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    execl("/bin/echo", "echo", "the new image", (char *)NULL);
    return 1;
}
