/* One of them does. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    put(line);
    
    nspare = 1;
    close_pool();
    return 0;
}
