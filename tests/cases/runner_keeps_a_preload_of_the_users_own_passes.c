// mode: preload
// plugin: says_hello.c
// run: LD_PRELOAD=$DIR/plugin.so $PROG
// stdout: ^hello from the plugin$
#include "case.h"

int main(void)
{
    free(keep(malloc(3)));
    return 0;
}
