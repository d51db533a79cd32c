/* A pointer that is only on the stack of a running function is worth a look, and no failure. */
// env: CSAN_VERBOSITY=1
// expect: note: csan\[escape\]: [0-9]+ pointers? into a buffer of cache "rows" that was evicted (is|are) still stored$
// expect: ^csan: PASS
// expect-not: error:
#include <csan_share.h>

#include "case.h"

#include <csan.h>

struct holder {
    long id;
    const char *row;
};

static csan_cache_t *rows;
static const char *volatile *slot;

static NOINLINE void use(char *p)
{
    const char *row = csan_share(p); /* shared */
    *slot = row;
    csan_release(row);
    wipe_stack();
}

/* The cache's own frames are gone when somebody looks. */
static NOINLINE void serve(void)
{
    char *p = calloc(1, 64);
    MUST(p);
    p = csan_publish(rows, p, 0);
    use(p);
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    const char *volatile local = NULL;
    slot = &local;
    serve();
    wipe_stack();
    csan_check(0);
    MUST(local);
    slot = NULL;
    return 0;
}
