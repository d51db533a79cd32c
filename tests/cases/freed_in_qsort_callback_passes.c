#include "case.h"

static int compare(const void *a, const void *b)
{
    free(keep(malloc(8)));
    return *(const int *)a - *(const int *)b;
}

int main(void)
{
    int numbers[2] = {2, 1};
    qsort(numbers, 2, sizeof(int), compare);
    return numbers[0] - 1;
}
