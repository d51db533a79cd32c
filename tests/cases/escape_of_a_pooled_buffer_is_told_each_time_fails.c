/* It counts when the buffer went back, not when it was lent; and each time that it goes back. */
// findings: 2
// expect: csan\[escape\]: 2 pointers into a buffer of pool "lines" that was given back are still stored > max_escapes=0$
#include "pooled.h"

#include <csan.h>

const char *volatile last;

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    csan_mark_t mark = csan_mark();
    last = line + 8;
    put(line);
    MUST(csan_check(mark) == 1);
    MUST(csan_check(0) == 0);
    put(get());
    MUST(csan_check(0) == 1);
    last = NULL;
    close_pool();
    return 0;
}
