// mode: preload
// run: $CSAN echo in path
// stdout: ^in path$
// only: gcc-O2 nothing of it is compiled
#include "case.h"

int main(void)
{
    return 0;
}
