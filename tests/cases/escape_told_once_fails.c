/* What a check has told the end does not tell again; what went before the mark is not the check's. */
// findings: 2
// expect: stored in global first
// expect: stored in global second
#include <csan_share.h>

#include "case.h"

#include <csan.h>

const char *first, *second;
static csan_cache_t *rows;

static NOINLINE void serve(const char **to)
{
    char *p = calloc(1, 64);
    p = csan_publish(rows, p, 0);
    *to = csan_share(p);
    csan_release(*to);
    csan_evict(rows, p);
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    serve(&first);
    csan_mark_t mark = csan_mark();
    MUST(csan_check(mark) == 0);
    MUST(csan_check(0) == 1);
    serve(&second);
    MUST(csan_check(mark) == 1);
    MUST(csan_check(0) == 0);
    return 0;
}
