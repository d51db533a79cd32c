// flags: -fsanitize=address
// expect-status: 87
// expect: ^csan: .*(AddressSanitizer|sanitizer)
// expect-not: (ERROR: AddressSanitizer|DEADLYSIGNAL|runtime does not come first)
// stdout-not: main
// mode: preload
// only: gcc-O2,clang-O2 one optimisation is enough
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
