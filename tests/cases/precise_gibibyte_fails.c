/* A buffer of a GiB of which little was ever touched: moved, shared, stored to, guarded, forked. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 2
// expect: ^{{at:stored}}: error: csan\[mutation\]: a buffer of 1.0 GiB of cache "rows" was written to through a share
// expect: ^{{at:read}}: error: csan\[escape\]: a share of a buffer of 1.0 GiB of cache "rows" was used after its release
#include "cached.h"

#define SIZE ((size_t)1 << 30)

static const volatile char *row;

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = calloc(1, SIZE);
    MUST(p);
    p[SIZE / 2] = 1;
    p = csan_publish(rows, p, 0);
    MUST(p[SIZE / 2] == 1);
    row = csan_share(p);
    MUST(row[SIZE / 2] == 1);
    ((volatile char *)row)[SIZE - 1] = 7; /* stored */
    MUST(p[SIZE - 1] == 7);
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        int same = p[SIZE / 2] == 1 && row[SIZE - 1] == 7;
        csan_release((void *)row);
        row = NULL;
        drop(p);
        return !same;
    }
    int status;
    MUST(waitpid(child, &status, 0) == child && status == 0);
    csan_release((void *)row);
    MUST(row[SIZE / 2] == 1); /* read */
    row = NULL;
    drop(p);
    return 0;
}
