// mode: link
// expect-status: 0
// expect-not: csan
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

int main(void)
{
    lose();
    __asm__ volatile("syscall" : : "a"(SYS_exit_group), "D"(0) : "rcx", "r11", "memory");
    return 1;
}
