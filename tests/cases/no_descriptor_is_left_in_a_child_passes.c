// stdout: ^0 1 2 3 $
// stderr: any
#include "case.h"

int main(void)
{
    fflush(stdout);
    return system("ls /proc/self/fd | tr '\\n' ' '; echo") != 0;
}
