// mode: preload
// expect-status: 1
// stderr: any
// only: gcc-O2 the runner's work
#include "case.h"

int main(void)
{
    char *const words[] = {(char *)"false", NULL};
    char *const nothing[] = {NULL};
    execve("/bin/false", words, nothing);
    return 5;
}
