/* The program is replaced when nothing is out any more. */
// expect-status: 0
// mode: link
#include <csan_share.h>

#include "case.h"

static char *volatile p;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    csan_release(csan_share(p));
    execl("/bin/true", "true", (char *)NULL);
    return 1;
}
