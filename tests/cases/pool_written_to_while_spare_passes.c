/* It stays as it was. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    put(line);
    
    close_pool();
    return 0;
}
