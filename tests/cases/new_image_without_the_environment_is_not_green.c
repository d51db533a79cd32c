// mode: preload
// expect-status: 87
// expect: ^csan: .*/bin/true
// only: gcc-O2 the runner's work
#include "case.h"

int main(void)
{
    char *const words[] = {(char *)"true", NULL};
    char *const nothing[] = {NULL};
    execve("/bin/true", words, nothing);
    return 1;
}
