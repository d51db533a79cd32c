// mode: preload
// then: chown nobody $BIN && chmod u+s $BIN
// as: root
// expect-status: 87
// expect: ^csan: .*set-uid
// stdout-not: main
// only: gcc-O2 the system's work
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
