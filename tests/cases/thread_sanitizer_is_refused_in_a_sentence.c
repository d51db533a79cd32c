// flags: -fsanitize=thread
// expect-status: 87
// expect: ^csan: .*(ThreadSanitizer|sanitizer)
// stdout-not: main
// mode: preload
// only: gcc-O2,clang-O2 one optimisation is enough
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
