// mode: preload
// flags: -static
// expect-status: 87
// expect: ^csan: .*static
// stdout-not: main
// only: gcc-O2 the linker's work
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
