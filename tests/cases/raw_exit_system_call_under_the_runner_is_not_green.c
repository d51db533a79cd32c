// mode: preload
// expect-status: 87
// expect: ^csan: .*without a verdict
#include "case.h"

int main(void)
{
    __asm__ volatile("syscall" : : "a"(SYS_exit_group), "D"(0) : "rcx", "r11", "memory");
    return 1;
}
