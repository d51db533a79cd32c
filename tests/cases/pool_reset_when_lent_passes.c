/* The pool clears what it lends. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET_ON_LEND);
    char *line = get();
    memcpy(line, "hello", 5);
    put(line);
    memset(spare[0], 0, ROOM);
    put(get());
    close_pool();
    return 0;
}
