/* Loses 101 B, at the same line as leak.cc does. */
#include <stdlib.h>

int main(void)
{
    char *volatile lost = (char *)malloc(101);
    lost = NULL;
    return lost != NULL;
}
