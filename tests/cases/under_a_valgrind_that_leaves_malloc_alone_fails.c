// run: valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file=$DIR/log $BIN
// expect: error: csan\[leak\]: 65 B in 1 block never freed
// expect: ^csan: no symbols: Valgrind lets no helper of csan's start
// mode: link
// only: gcc-O2,clang-O2 the program does not matter
// plain: no
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65));
}

int main(void)
{
    lose();
    return 0;
}
