/* malloc's own variables point into a buffer that was freed: where a chunk was split last. */
// flags: -fno-builtin
#include <csan_share.h>

#include "case.h"

#include <csan.h>

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *p = csan_publish(rows, malloc(5000), 0), *fence = malloc(2000);
    MUST(p && fence);
    csan_release(csan_share(p));
    csan_evict(rows, p);
    free(p);
    char *split = malloc(600); /* the rest of what was freed is main_arena.last_remainder */
    p = NULL;
    wipe_stack();
    csan_check(0);
    free(split);
    free(fence);
    return 0;
}
