// stdout: ^0 1 2 3 $
// env: CSAN_MAX_LEAK=off
#include "case.h"

int main(void)
{
    fflush(stdout);
    return system("ls /proc/self/fd | tr '\\n' ' '; echo") != 0;
}
