/* Nothing was changed when csan_check looks. */
#include "cached.h"

#include <csan.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_mark_t mark = csan_mark();
    csan_ignore(p);
    const char *row = csan_share(p);
    
    csan_evict(rows, p);
    csan_release(row);
    drop(p);
    csan_check(mark);
    return 0;
}
