/* One that is handed on, one that is freed, and one that comes back. */
#include "pooled.h"

#include <csan.h>

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    csan_mark_t mark = csan_mark();
    csan_disable();
    csan_forget(pool, get());
    free(get());
    put(get());
    csan_enable();
    csan_check(mark);
    close_pool();
    return 0;
}
