/* A row is remembered in a global when it is long gone. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in global last_row\[2\] 
// expect: buffer of 64 B, offset 16, freed by now
// expect: evicted: at serve
#include <csan_share.h>

#include "case.h"

#include <csan.h>

struct holder {
    long id;
    const char *row;
};

static csan_cache_t *rows;
const char *last_row[4];

static NOINLINE void use(char *p)
{
    const char *row = csan_share(p); /* shared */
    last_row[2] = row + 16;
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
    
    return 0;
}
