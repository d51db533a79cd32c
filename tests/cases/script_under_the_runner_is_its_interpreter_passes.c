// mode: preload
// run: printf '#!/bin/sh\necho script "$@"\n' >$DIR/s; chmod +x $DIR/s; $CSAN $DIR/s a b
// stdout: ^script a b$
// only: gcc-O2 nothing of it is compiled
#include "case.h"

int main(void)
{
    return 0;
}
