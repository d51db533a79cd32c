/* A loan that began after the mark is out at the check. */
// findings: 1
// expect: error: csan\[unreleased\]: 1 loan of pool "lines" was never given back > max_escapes=0$
// plain: no
#include "pooled.h"

#include <csan.h>

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    csan_mark_t mark = csan_mark();
    char *line = get();
    MUST(csan_check(mark) == 1);
    put(line);
    close_pool();
    return 0;
}
