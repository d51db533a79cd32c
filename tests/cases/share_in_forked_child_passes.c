/* A child releases what it shared; what its parent holds is none of its business. */
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
        csan_release(row);
        return 0;
    }
    MUST(waitpid(child, NULL, 0) == child);
    csan_release(parents);
    drop(p);
    return 0;
}
