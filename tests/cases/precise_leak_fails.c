/* Published blocks are heap: one that is lost is a leak, where it was allocated; what it points to as
 * well, and a share is as good a pointer as the owner's. */
// env: CSAN_SHARE=precise
// leak: lost 64 B in 1 block
// expect: and 100 B in 1 block behind it
#include "cached.h"

static const void *held;

static NOINLINE void lose(void)
{
    char **p = malloc(64); /* lost */
    MUST(p);
    p = csan_publish(rows, p, 0);
    p[3] = malloc(100);
    csan_release(csan_share(p));
    csan_evict(rows, p);
    keep(p);
}

static NOINLINE void hold(void)
{
    char **p = malloc(64);
    MUST(p);
    p = csan_publish(rows, p, 0);
    p[3] = malloc(100);
    p[3][0] = 1;
    csan_share(p);
    held = csan_share(p);
    csan_release(held);
    csan_release(p);
    held = csan_share((char *)p + 8);
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    lose();
    wipe_stack();
    hold();
    wipe_stack();
    char *const *p = held;
    MUST(p[2][0] == 1);
    csan_release(held);
    wipe_stack();
    return 0;
}
