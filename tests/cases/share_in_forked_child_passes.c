/* A child releases what it shared; what its parent holds is none of its business. */
#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;

static NOINLINE char *load(size_t n)
{
    char *p = calloc(1, n);
    MUST(p);
    p = csan_publish(rows, p, 0);
    return keep(p);
}

static NOINLINE void drop(char *p)
{
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *parents = csan_share(p);
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        const char *row = csan_share(p); /* shared */
        keep((void *)row);
        csan_release(row);
        return 0;
    }
    MUST(waitpid(child, NULL, 0) == child);
    csan_release(parents);
    drop(p);
    return 0;
}
