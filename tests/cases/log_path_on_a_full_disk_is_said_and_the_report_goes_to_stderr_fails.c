// mode: link
// env: CSAN_LOG_PATH=$DIR/log
// run: sh -c 'ln -s /dev/full $DIR/log.$$; exec $PROG'
// expect: ^csan: .*/log
// leak: leak 32 B in 1 block
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
