/* A pointer one past the end may as well be one to what follows. A documented miss. */
#include <csan_share.h>

#include "case.h"

#include <csan.h>

struct holder {
    long id;
    const char *row;
};

static csan_cache_t *rows;
const char *end;

static NOINLINE void use(char *p)
{
    const char *row = csan_share(p); /* shared */
    end = row + 64;
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
