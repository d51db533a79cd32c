/* It is cleared. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    memcpy(line, "hello", 5);
    memset(line, 0, 5);
    put(line);
    close_pool();
    return 0;
}
