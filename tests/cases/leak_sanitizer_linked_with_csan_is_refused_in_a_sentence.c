// flags: -fsanitize=leak
// expect-status: 87
// expect: ^csan: .*(LeakSanitizer|sanitizer)
// stdout-not: main
// only: gcc-O2,clang-O2 one optimisation is enough
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
