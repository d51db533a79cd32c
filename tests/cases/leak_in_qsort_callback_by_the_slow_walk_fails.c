// env: CSAN_STACK_WALK=full
// leak: leak 8 B in 1 block
// expect: ^ +at compare tests/cases/leak_in_qsort_callback_by_the_slow_walk_fails.c:{{line:leak}}
// expect: libc
// expect: ^ +at main tests/cases/leak_in_qsort_callback_by_the_slow_walk_fails.c:{{line:sort}}
#include "case.h"

static int compare(const void *a, const void *b)
{
    keep(malloc(8)); /* leak */
    return *(const int *)a - *(const int *)b;
}

int main(void)
{
    int numbers[2] = {2, 1};
    qsort(numbers, 2, sizeof(int), compare); /* sort */
    return numbers[0] - 1;
}
