/* Loses nothing. */
#include <stdlib.h>

int main(void)
{
    char *volatile kept = (char *)malloc(101);
    free(kept);
    return 0;
}
