/* Which hands a lent buffer went through is shown with who still points there. */
// findings: 1
// expect: csan\[escape\]: 2 pointers into a buffer of pool "lines" that was given back are still stored > max_escapes=0$
// expect: touched "parsed": at main
#include "pooled.h"

#include <csan.h>

const char *volatile last;

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    csan_touch(line + 3, "parsed");
    last = line + 8;
    put(line);
    csan_check(0);
    last = NULL;
    close_pool();
    return 0;
}
