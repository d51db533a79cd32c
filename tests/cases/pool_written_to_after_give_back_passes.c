/* Before. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    keep(line);
    line[9] = 1;
    put(line);
    put(get());
    close_pool();
    return 0;
}
