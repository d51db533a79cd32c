/* Loses nothing. */
#include <stdlib.h>

int main(void)
{
    char *volatile kept = malloc(101);
    free(kept);
    return 0;
}
