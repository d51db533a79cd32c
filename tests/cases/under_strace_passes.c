// run: strace -f -o $DIR/trace $PROG
#include "case.h"

int main(void)
{
    free(keep(malloc(65)));
    return 0;
}
