// run: for tool in memcheck helgrind drd; do valgrind --tool=$tool --log-file=$DIR/log $BIN; [ $? = 87 ] && ! grep -E 'Invalid|SIG' $DIR/log || exit 1; done; exit 87
// expect-status: 87
// expect: ^csan: Valgrind is around this program, and takes malloc for itself: run it without Valgrind, or without csan$
// stdout-not: main
// mode: link
// only: gcc-O2 the program does not matter
// plain: no
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
