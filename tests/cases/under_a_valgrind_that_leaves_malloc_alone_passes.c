// run: valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file=$DIR/log $BIN
// mode: link
// only: gcc-O2,clang-O2 the program does not matter
// plain: no
#include "case.h"

static NOINLINE void take_and_give(void)
{
    free(malloc(65));
}

int main(void)
{
    take_and_give();
    return 0;
}
