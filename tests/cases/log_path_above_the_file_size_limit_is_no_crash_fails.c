// mode: link
// env: CSAN_LOG_PATH=$DIR/log
// run: (ulimit -f 0; exec $PROG) 2>&1 | cat >&2; exit ${PIPESTATUS[0]}
// expect: ^csan: .*/log
// leak: leak 32 B in 1 block
// plain: no
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
