/* A loan that began before the mark is none of the check's. */
// plain: no
#include "pooled.h"

#include <csan.h>

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    csan_mark_t mark = csan_mark();
    MUST(csan_check(mark) == 0);
    put(line);
    close_pool();
    return 0;
}
