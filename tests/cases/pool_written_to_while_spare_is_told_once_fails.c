/* What a check has told of a spare buffer is told no more when it is lent again, nor when another
 * is freed. */
// findings: 2
// expect: csan\[pool\]: a buffer of pool "lines" was written to after it was given back
// expect-not: found when it was
#include "pooled.h"

#include <csan.h>

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *first = get(), *second = get();
    put(first);
    put(second);
    first[3] = second[3] = 'x';
    csan_check(0);
    put(get());
    close_pool();
    return 0;
}
