/* empty [LINE]: a process that starts and ends; with LINE it prints that, so that libc takes a
 * block. */
#include <stdio.h>

int main(int argc, char **argv)
{
    return argc > 1 ? puts(argv[1]) < 0 : 0;
}
