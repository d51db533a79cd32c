/* What is given back all zero is all zero when it is lent again, and nonsense in between. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    put(line);
    keep(line);
    for (int i = 0; i < ROOM; i++) /* who reads a spare one reads junk; is csan there? */
        MUST((unsigned char)line[i] == (csan_api_lend ? 0xdd : 0));
    line = get();
    for (int i = 0; i < ROOM; i++)
        MUST(line[i] == 0);
    put(line);
    close_pool();
    return 0;
}
