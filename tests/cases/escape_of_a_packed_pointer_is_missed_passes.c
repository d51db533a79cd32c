/* A pointer at an address that is not a multiple of eight is not seen. A documented miss. */
#include <csan_share.h>

#include "case.h"

#include <csan.h>

struct holder {
    long id;
    const char *row;
};

static csan_cache_t *rows;
struct __attribute__((packed)) {
    char tag;
    const char *row;
} packed;

static NOINLINE void use(char *p)
{
    const char *row = csan_share(p); /* shared */
    memcpy((char *)&packed + 1, &row, sizeof row);
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
