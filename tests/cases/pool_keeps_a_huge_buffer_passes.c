/* What grew too large is dropped. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 4096, 0);
    char *line = get();
    line = realloc(line, 1 << 20); /* the loan goes with it */
    MUST(line);
    free(line); /* back */
    close_pool();
    return 0;
}
