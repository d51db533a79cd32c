// run: echo words | $PROG
// stdout: ^read words$
#include "case.h"

int main(void)
{
    char text[16] = "";
    MUST(scanf("%15s", text) == 1);
    printf("read %s\n", text);
    return 0;
}
