/* Only the pool points to its spare buffers, with a stale slot or two. */
#include "pooled.h"

#include <csan.h>

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    leave_stale_slots();
    csan_check(0);
    close_pool();
    return 0;
}
