/* A limit: a long buffer that was shared seventeen times is summed once in as many times as a sum
 * costs, in 256 bytes. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(4096);
    for (int i = 1; i <= 33; i++) {
        const char *row = csan_share(p);
        p[9] = i > 17;
        csan_release(row);
    }
    drop(p);
    return 0;
}
