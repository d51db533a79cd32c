/* A child forgets its own share; what its parent holds is none of its business. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released
#include "cached.h"

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
        
        return 0;
    }
    MUST(waitpid(child, NULL, 0) == child);
    csan_release(parents);
    drop(p);
    return 0;
}
