/* setjmp has saved a register with the pointer in it. */
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
#include <setjmp.h>
static jmp_buf env;

static NOINLINE void use(char *p)
{
    const char *row = csan_share(p); /* shared */
    if (setjmp(env) == 0)
        memcpy(env, &row, sizeof row); /* rbx is kept there */
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
    
    serve();
    wipe_stack();
    csan_check(0);
    return 0;
}
