/* A published buffer is moved by realloc in a program with threads: evicted before, as the owner may,
 * and while it is cached; neither call waits for anything. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:moved}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was given to realloc while it was shared
// stdout: ^moved twice$
#include "cached.h"

static void *idle(void *arg)
{
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, idle, NULL) == 0 && pthread_join(thread, NULL) == 0);
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *q = load(64);
    p[63] = 7;
    csan_evict(rows, p);
    p = realloc(p, 9000);
    MUST(p && p[63] == 7);
    q[63] = 8;
    const char *row = csan_share(q);
    char *grown = realloc(q, 100); /* moved */
    MUST(grown && grown[63] == 8);
    csan_release(row);
    free(p);
    free(grown);
    puts("moved twice");
    return 0;
}
