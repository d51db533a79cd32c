/* A pointer that is meant to stay. */
#include <csan_share.h>

#include "case.h"

#include <csan.h>

struct holder {
    long id;
    const char *row;
};

static csan_cache_t *rows;
static struct holder *request;

static NOINLINE void use(char *p)
{
    const char *row = csan_share(p); /* shared */
    csan_expected_ref(&request->row, sizeof request->row, "shown again");
    request->row = row;
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
    request = calloc(1, sizeof *request);
    MUST(request);
    serve();
    wipe_stack();
    csan_check(0);
    free(request);
    return 0;
}
